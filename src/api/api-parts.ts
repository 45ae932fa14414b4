import type { Provider, Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ProblemFilter } from '../http/problem-filter.js';
import { READ_API_CONTROLLERS, READ_API_PROVIDERS } from '../read-api/read-api-parts.js';
import { ApiDescription } from './api-description.js';
import { AuditController } from './audit.controller.js';
import { CentersController } from './centers.controller.js';
import { Changes } from './changes.js';
import { CommandsController } from './commands.controller.js';
import { DecisionsController } from './decisions.controller.js';
import { DrillsController } from './drills.controller.js';
import { DocsController } from './docs.controller.js';
import { ExecutionStream } from './execution-stream.js';
import { ExecutionsController } from './executions.controller.js';
import { HealthController } from './health.controller.js';
import { LoopHealth } from './loop-health.js';
import { LeasesController } from './leases.controller.js';
import { MessagesController } from './messages.controller.js';
import { PeopleCommands } from './people-commands.js';
import { PeopleGovernance } from './people-governance.js';
import { PeoplePauses } from './people-pauses.js';
import { OncePerKey } from './once-per-key.js';
import { PausesController } from './pauses.controller.js';
import { PluginsController } from './plugins.controller.js';
import { RecordController } from './record.controller.js';
import { RunbooksController } from './runbooks.controller.js';
import { Simulation } from './simulation.js';
import { SimulationsController } from './simulations.controller.js';
import { SlackAnswers } from './slack-answers.js';
import { SlackPresence } from './slack-presence.js';
import { SlackController } from './slack.controller.js';
import { StartByHand } from './start-by-hand.js';
import { StartController } from './start.controller.js';
import { StormsController } from './storms.controller.js';
import { StreamController } from './stream.controller.js';
import { Taking } from './taking.js';
import { TopologyController } from './topology.controller.js';
import { TrustController } from './trust.controller.js';
import { WhyController } from './why.controller.js';
import { Why } from './why.js';

/** Everything that answers under /api and /-, but for the alerts and the metrics. */
export const API_CONTROLLERS: Type[] = [
  ExecutionsController,
  CommandsController,
  RecordController,
  StreamController,
  LeasesController,
  RunbooksController,
  TrustController,
  StartController,
  PluginsController,
  DecisionsController,
  WhyController,
  PausesController,
  StormsController,
  CentersController,
  DrillsController,
  TopologyController,
  AuditController,
  MessagesController,
  SimulationsController,
  SlackController,
  HealthController,
  DocsController,
  ...READ_API_CONTROLLERS,
];

/** What they need beside the parts of src/parts.ts and an `IDEMPOTENCY_KEYS`. */
export const API_PROVIDERS: Provider[] = [
  Changes,
  LoopHealth,
  PeopleCommands,
  SlackAnswers,
  SlackPresence,
  Taking,
  PeopleGovernance,
  PeoplePauses,
  ExecutionStream,
  StartByHand,
  OncePerKey,
  Simulation,
  Why,
  ApiDescription,
  ...READ_API_PROVIDERS,
  { provide: APP_FILTER, useClass: ProblemFilter },
];
