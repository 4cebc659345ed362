export { PomeloAdapter } from './adapter/pomelo.adapter.js';
export type { PomeloServer } from './adapter/gateway-face.js';
export { BackendSessionService } from './backend/backend-session.service.js';
export { SessionDirectory, type SessionPlace } from './backend/session-directory.js';
export { ClusterClient, type ClusterClientOptions } from './cluster-client/cluster-client.js';
export { ChannelAccess } from './channel-access/channel-access.js';
export { ChannelPolicy } from './channel-access/channel-policy.decorator.js';
export type { ChannelRules } from './channel-access/channel-rules.interface.js';
export { GlobalChannelAccess } from './channel-access/global-channel-access.js';
export { Channel } from './channels/channel.js';
export type { ChannelOptions } from './channels/channel-options.js';
export type { ChannelHistoryStore, KeptHistory } from './channels/history/channel-history-store.interface.js';
export type {
  HistoryAnswer,
  HistoryMessage,
  HistoryOptions,
  HistoryPosition,
} from './channels/history/history.interface.js';
export type { HistoryBounds } from './channels/history/history-options.js';
export {
  MemoryChannelHistory,
  type MemoryHistoryOptions,
} from './channels/history/memory-channel-history.js';
export type {
  PresenceEvent,
  PresenceListener,
  PresenceNews,
  PresenceOptions,
} from './channels/presence/presence.interface.js';
export type { ChannelMember } from './channels/channel-member.js';
export {
  ChannelService,
  type BroadcastOptions,
  type LocalBroadcastOptions,
} from './channels/channel.service.js';
export type { SessionFilter } from './channels/frontend-pushes.js';
export {
  GlobalChannelService,
  type GlobalCount,
  type GlobalMembers,
  type GlobalPublication,
} from './channels/global-channel.service.js';
export type { PushCallOptions } from './channels/push.js';
export type { PushOptions, ScheduledMessage } from './push/push-scheduler.js';
export {
  PROBE,
  type Announcement,
  type Binding,
  type BindingChange,
  type BindingStore,
  type ClusterDriver,
  type ClusterTransport,
  type FrameSink,
  type OwnPeer,
  type PeerId,
} from './cluster/cluster-driver.interface.js';
export { memory } from './cluster/memory/memory.driver.js';
export { rendezvous, type RoutingFunction, type RoutingKey } from './cluster/routing.js';
export type { ListenAddress, ServerInfo, ServerLoad } from './cluster/server-info.interface.js';
export {
  ServerRegistry,
  type LeaveReason,
  type ServerEvent,
  type ServerListener,
} from './cluster/server-registry.js';
export type {
  ClientManager,
  ClientMessage,
  ClientSocket,
  CloseReason,
  Connector,
  ConnectorCodec,
  HandshakeData,
  HandshakeReply,
  MessageKind,
} from './connectors/connector.interface.js';
export { hybrid, HybridConnector } from './connectors/hybrid/hybrid.connector.js';
export type { CustomCodec } from './connectors/hybrid/custom-codec.js';
export type { HandshakeCheckOptions, HandshakeValidator } from './connectors/hybrid/handshake-checks.js';
export type { HeartbeatOptions } from './connectors/hybrid/heartbeat-options.js';
export type { HybridOptions } from './connectors/hybrid/hybrid.options.js';
export type { PitayaSerializer } from './connectors/hybrid/pitaya-serializer.js';
export type { ProtobufOptions } from './connectors/hybrid/protobuf-schemas.js';
export { exitOnFatal, type FatalOptions } from './crash/exit-on-fatal.js';
export type { RejectEvent, RejectLayer, RejectReason, SessionEndEvent } from './diagnostics.js';
export type { BlacklistFunction } from './edge/blacklist-function.js';
export type { EdgeOptions } from './edge/edge-options.js';
export type { OriginOptions } from './edge/origin-policy.js';
export type { CertificateOptions, TlsOptions } from './edge/tls-options.js';
export { ConnectionQuota, type QuotaRefusal } from './edge/connection-quota.js';
export { ErrorReply } from './errors/error-reply.js';
export { ERROR_TABLE, type ErrorCode } from './errors/error-table.js';
export {
  PomeloConfigException,
  PomeloException,
  type PomeloExceptionOptions,
} from './errors/pomelo.exception.js';
export { RemoteException } from './errors/remote.exception.js';
export { Handler } from './handlers/handler.decorator.js';
export type { HandlerOptions, HandlerOrder } from './handlers/handler-options.js';
export { HandlerRequest } from './handlers/handler-table.js';
export { ConnectedSession, MessageId, Route } from './handlers/param.decorators.js';
export { Serial } from './handlers/serial.decorator.js';
export { currentRequest, type RequestContext } from './handlers/request-context.js';
export { OnHandshake, UseHandshakeGuards } from './handshake/handshake.decorators.js';
export { IdempotencyInterceptor } from './interceptors/idempotency.interceptor.js';
export type { IdempotencyKeyOf, IdempotencyOptions } from './interceptors/idempotency.options.js';
export type {
  IdempotencyClaim,
  IdempotencyStore,
  IdempotentOutcome,
} from './interceptors/idempotency-store.interface.js';
export { MemoryIdempotencyStore } from './interceptors/memory-idempotency-store.js';
export {
  SlowHandlerInterceptor,
  type SlowHandler,
  type SlowHandlerReport,
} from './interceptors/slow-handler.interceptor.js';
export { TimeoutInterceptor } from './interceptors/timeout.interceptor.js';
export { DEFAULT_LIMITS, type PomeloLimits } from './options/limits.js';
export type {
  PomeloModuleOptions,
  ServerOptions,
  SingleSessionPolicy,
} from './options/pomelo-options.interface.js';
export type { OverloadOptions } from './overload/overload-options.js';
export { PomeloModule } from './pomelo.module.js';
export { callContext, runWithContext } from './remotes/call-context.js';
export { getRemoteToken, InjectRemote } from './remotes/inject-remote.decorator.js';
export type {
  CallOptions,
  RemoteClient,
  RemoteFanOut,
  RemoteMethods,
  RemoteNotify,
} from './remotes/remote-client.js';
export type { OutgoingCall, RpcInterceptor } from './remotes/rpc-interceptor.js';
export { Remote } from './remotes/remote.decorator.js';
export type { SessionData } from './sessions/session-data.interface.js';
export {
  OnSessionAway,
  OnSessionBack,
  OnSessionBound,
  OnSessionClosed,
  OnSessionUnbound,
} from './sessions/session-events.decorator.js';
export { SessionEvents, type SessionEvent, type SessionListener } from './sessions/session-events.js';
export type {
  GuestJudge,
  SessionChanges,
  SessionHome,
  SessionSettings,
} from './sessions/session-home.interface.js';
export type { SessionRecord, SessionState } from './sessions/session-record.js';
export { Session } from './sessions/session.js';
export { SessionService } from './sessions/session.service.js';
export {
  MemorySessionStorage,
  type MemoryStorageOptions,
} from './sessions/storage/memory-session-storage.js';
export type {
  SessionStorage,
  SessionStorageOptions,
  SettingsMerge,
} from './sessions/storage/session-storage.interface.js';
export { exitOnSignal, type SignalOptions } from './shutdown/exit-on-signal.js';
export {
  PomeloStatistics,
  type ConnectorStatistics,
  type PomeloSnapshot,
} from './statistics/statistics.service.js';
