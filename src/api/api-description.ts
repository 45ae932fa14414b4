import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI description of this service, made when somebody first asks for it. */
@Injectable()
export class ApiDescription {
  private app: INestApplication | undefined;
  private made: OpenAPIObject | undefined;

  /** Says which application is described. */
  describe(app: INestApplication): void {
    this.app = app;
  }

  /** Gives the description. */
  get document(): OpenAPIObject {
    this.made ??= this.make();
    return this.made;
  }

  private make(): OpenAPIObject {
    if (this.app === undefined) throw new Error('nobody said which application is to be described: call describe(app)');
    const facts = new DocumentBuilder()
      .setTitle('Firebreak')
      .setDescription('Alerts in, repairs out: runbooks, executions, approvals. Errors are application/problem+json.')
      .setVersion('1')
      .setOpenAPIVersion('3.1.0')
      .addBearerAuth()
      .addSecurityRequirements('bearer')
      .build();
    return SwaggerModule.createDocument(this.app, facts);
  }
}
