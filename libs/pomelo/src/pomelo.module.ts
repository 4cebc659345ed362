import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConnectorHost } from './adapter/connector-host.js';
import { MessageIntake } from './adapter/message-intake.js';
import { PomeloAdapter } from './adapter/pomelo.adapter.js';
import { BackendSessionService } from './backend/backend-session.service.js';
import { ForwardedMessages } from './backend/forwarded-messages.js';
import { Forwarder } from './backend/forwarder.js';
import { SessionDirectory } from './backend/session-directory.js';
import { ChannelAccess } from './channel-access/channel-access.js';
import { ChannelPolicies } from './channel-access/channel-policies.js';
import { GlobalChannelAccess } from './channel-access/global-channel-access.js';
import { PolicyExplorer } from './channel-access/policy-explorer.js';
import { ChannelService } from './channels/channel.service.js';
import { FrontendMulticast } from './channels/frontend-multicast.js';
import { FrontendPushes } from './channels/frontend-pushes.js';
import { GlobalChannelService } from './channels/global-channel.service.js';
import { GlobalHistory } from './channels/history/global-history.js';
import { PushSender } from './channels/push-sender.js';
import { ResidentGroups } from './channels/resident-groups.js';
import { ResidentMethods } from './channels/resident-methods.js';
import { SessionWatchers } from './channels/session-watchers.js';
import { WatchedSessions } from './channels/watched-sessions.js';
import { ClusterService } from './cluster/cluster.service.js';
import { ServerRegistry } from './cluster/server-registry.js';
import { DecoratedMethodExplorer } from './discovery/decorated-method.explorer.js';
import { MethodCompiler } from './discovery/method-compiler.js';
import { Dispatcher } from './handlers/dispatcher.js';
import { HandlerTable } from './handlers/handler-table.js';
import { SerialLanes } from './handlers/serial-lanes.js';
import { HandshakePipeline } from './handshake/handshake-pipeline.js';
import { resolveOptions } from './options/resolve-options.js';
import { POMELO_OPTIONS } from './options/resolved-options.js';
import { LoadShedder } from './overload/load-shedder.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OPTIONS_TYPE,
} from './pomelo.module-definition.js';
import { remoteClientProviders } from './remotes/inject-remote.decorator.js';
import { CallAnswers } from './remotes/call-answers.js';
import { RemoteClients } from './remotes/remote-clients.js';
import { RemoteTable } from './remotes/remote-table.js';
import { RoutedCalls } from './remotes/routed-calls.js';
import { RpcService } from './remotes/rpc.service.js';
import { ResumeDesk } from './resume/resume-desk.js';
import { ResumeRelays } from './resume/resume-relays.js';
import { SessionEvents } from './sessions/session-events.js';
import { SessionEventsExplorer } from './sessions/session-events.explorer.js';
import { SessionService } from './sessions/session.service.js';
import { PomeloStatistics } from './statistics/statistics.service.js';

const SERVICES = [
  PomeloAdapter,
  SessionService,
  SessionEvents,
  ChannelService,
  GlobalChannelService,
  ChannelAccess,
  GlobalChannelAccess,
  ServerRegistry,
  BackendSessionService,
  SessionDirectory,
  PomeloStatistics,
];

/** The Pomelo architecture in a Nest application: `imports: [PomeloModule.forRoot({ connectors: [hybrid({ port: 3010 })] })]`. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: POMELO_OPTIONS, useFactory: resolveOptions, inject: [MODULE_OPTIONS_TOKEN] },
    ...SERVICES,
    ConnectorHost,
    CallAnswers,
    ChannelPolicies,
    PolicyExplorer,
    ClusterService,
    DecoratedMethodExplorer,
    Dispatcher,
    ForwardedMessages,
    Forwarder,
    FrontendMulticast,
    FrontendPushes,
    GlobalHistory,
    HandlerTable,
    HandshakePipeline,
    LoadShedder,
    MessageIntake,
    MethodCompiler,
    PushSender,
    RemoteClients,
    RemoteTable,
    ResidentGroups,
    ResidentMethods,
    ResumeDesk,
    ResumeRelays,
    RoutedCalls,
    RpcService,
    SerialLanes,
    SessionEventsExplorer,
    SessionWatchers,
    WatchedSessions,
  ],
  exports: SERVICES,
})
export class PomeloModule extends ConfigurableModuleClass {
  /** Configures the module with a value. */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withRemoteClients(super.forRoot(options));
  }

  /** Configures the module with `useFactory`, `useClass` or `useExisting`. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withRemoteClients(super.forRootAsync(options));
  }
}

/** Nest reads the getters when it scans the modules: every class that injects a remote has been loaded by then. */
function withRemoteClients(definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    get providers() {
      return [...(definition.providers ?? []), ...remoteClientProviders()];
    },
    get exports() {
      return [...(definition.exports ?? []), ...remoteClientProviders()];
    },
  };
}
