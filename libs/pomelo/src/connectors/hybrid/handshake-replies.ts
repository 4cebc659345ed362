import {
  encodePackage,
  escapeBeyondBmp,
  HandshakeCode,
  PackageType,
  type HandshakeReplyBody,
  type HandshakeReplySys,
  type HandshakeRequest,
  type ResumeReply,
} from 'nestjs-pomelo-protocol';
import { asBuffer } from '../as-buffer.js';
import { md5Base64 } from './md5.js';
import type { WireProfile } from './wire-profile.js';

/** Answers to handshakes; those without a `user` are built once. Key order as Pomelo 2.2.7 sends it. */
export class HandshakeReplies {
  // Weak: profiles of schemas that were replaced go with their last client.
  private readonly ready = new WeakMap<WireProfile, Map<string, Buffer>>();
  private readonly dictVersions = new WeakMap<WireProfile, string>();

  constructor(private readonly heartbeatSeconds: number) {}

  /** The answer to a client that is welcome. Throws when `user` is no JSON. */
  welcome(profile: WireProfile, sys: HandshakeRequest['sys'], user: unknown): Buffer {
    const { dictKnown, protosKnown } = this.known(profile, sys);
    // A falsy user is left out, as Pomelo does.
    if (user)
      return handshakePackage({
        code: HandshakeCode.Ok,
        sys: this.sysOf(profile, dictKnown, protosKnown),
        user,
      });
    const key = `${dictKnown} ${protosKnown}`;
    let replies = this.ready.get(profile);
    if (replies === undefined) this.ready.set(profile, (replies = new Map()));
    let reply = replies.get(key);
    if (reply === undefined) {
      reply = handshakePackage({ code: HandshakeCode.Ok, sys: this.sysOf(profile, dictKnown, protosKnown) });
      replies.set(key, reply);
    }
    return reply;
  }

  /** The answer to a client that can resume. Throws when `user` is no JSON. */
  welcomeBack(
    profile: WireProfile,
    sys: HandshakeRequest['sys'],
    user: unknown,
    resume: ResumeReply,
    heartbeatSeconds: number,
  ): Buffer {
    const { dictKnown, protosKnown } = this.known(profile, sys);
    const own = this.sysOf(profile, dictKnown, protosKnown, heartbeatSeconds);
    return handshakePackage({
      code: HandshakeCode.Ok,
      sys: { ...own, resume },
      ...(user ? { user } : {}),
    });
  }

  /** The answer to a client that is not. */
  refusal(code: number): Buffer {
    return handshakePackage({ code });
  }

  /** What the client has stored already. */
  private known(
    profile: WireProfile,
    sys: HandshakeRequest['sys'],
  ): { readonly dictKnown: boolean; readonly protosKnown: boolean } {
    const dictVersion = this.dictVersion(profile);
    return {
      dictKnown: dictVersion !== undefined && sys.dictVersion === dictVersion,
      protosKnown: profile.protobuf !== undefined && sys.protoVersion === profile.protobuf.protos.version,
    };
  }

  private dictVersion(profile: WireProfile): string | undefined {
    const known = this.dictVersions.get(profile);
    if (known !== undefined || profile.outwardDictionary === undefined) return known;
    const version = profile.outwardDictionary.version(md5Base64);
    this.dictVersions.set(profile, version);
    return version;
  }

  private sysOf(
    profile: WireProfile,
    dictKnown: boolean,
    protosKnown: boolean,
    heartbeatSeconds = this.heartbeatSeconds,
  ): HandshakeReplySys {
    const sys: HandshakeReplySys = {};
    if (heartbeatSeconds > 0) sys.heartbeat = heartbeatSeconds;
    if (profile.dialect === 'pitaya') return { ...sys, serializer: profile.serializer?.name ?? 'json' };
    const dictionary = profile.outwardDictionary;
    const dictVersion = this.dictVersion(profile);
    if (dictionary !== undefined && dictVersion !== undefined) {
      if (!dictKnown) {
        const { routeToCode, codeToRoute } = dictionary;
        Object.assign(sys, { dict: routeToCode, routeToCode, codeToRoute, dictVersion });
      }
      sys.useDict = true;
    }
    if (profile.protobuf !== undefined) {
      if (!protosKnown) sys.protos = profile.protobuf.protos;
      sys.useProto = true;
    }
    return sys;
  }
}

function handshakePackage(body: HandshakeReplyBody): Buffer {
  const bytes = encodePackage(PackageType.Handshake, Buffer.from(escapeBeyondBmp(JSON.stringify(body))));
  return asBuffer(bytes);
}
