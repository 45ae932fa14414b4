import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ERRORS } from '../core/errors.js';
import { PROBLEM_TYPE } from '../http/problem.js';

const TEXT = { type: 'string' };
const PROPERTIES = {
  type: TEXT,
  title: TEXT,
  status: { type: 'integer' },
  detail: TEXT,
  requestId: TEXT,
  code: { type: 'string', enum: Object.keys(ERRORS) },
};
const PROBLEM = { [PROBLEM_TYPE]: { schema: { type: 'object', properties: PROPERTIES } } };

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
      .addGlobalResponse({ status: 'default', description: 'An error from the catalogue', content: PROBLEM })
      .build();
    return SwaggerModule.createDocument(this.app, facts);
  }
}
