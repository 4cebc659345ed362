/** What a message is for; bits 1 to 3 of its flag byte (Pomelo 2.2.7). */
export const MessageType = { Request: 0, Notify: 1, Response: 2, Push: 3 } as const;
/** One of the four message types. */
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** Flag bit: the route is a dictionary code of two bytes. */
export const FLAG_ROUTE_CODE = 0x01;
/** Flag bit: the body is deflated (libpitaya; Pomelo knows the bit but ignores it). */
export const FLAG_COMPRESSED_BODY = 0x10;
/** Flag bit: the response is an error (pitaya; unknown to Pomelo clients). */
export const FLAG_ERROR = 0x20;

/** Whether bits 1 to 3 of a flag byte are one of the four message types. */
export function isMessageType(type: number): type is MessageType {
  return type >= MessageType.Request && type <= MessageType.Push;
}

/** Requests and responses carry an id. */
export function hasId(type: MessageType): boolean {
  return type === MessageType.Request || type === MessageType.Response;
}

/** All but responses carry a route; the id of a response stands for that of its request. */
export function hasRoute(type: MessageType): boolean {
  return type !== MessageType.Response;
}
