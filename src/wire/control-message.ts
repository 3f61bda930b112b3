import { Builder } from 'flatbuffers';
import { ControlKind } from './generated/dolphin/control-kind.ts';
import { ControlMessage } from './generated/dolphin/control-message.ts';
import { ControlOutcome } from './generated/dolphin/control-outcome.ts';
import { ControlRequest as RequestTable } from './generated/dolphin/control-request.ts';
import { ControlResponse as ResponseTable } from './generated/dolphin/control-response.ts';
import { enumName, finishMessage, openMessage, requiredString } from './message.ts';
import { readSnapshot, type TelemetrySnapshot, writeSnapshot } from './telemetry-snapshot.ts';

/** An operator's order; see schemas/control.fbs. */
export interface ControlRequest {
  /** Chosen by the asker, unsigned 32 bits, repeated in the answer. */
  readonly requestId: number;
  readonly kind: keyof typeof ControlKind;
  /** Meaning by kind; 0 when the kind takes none. */
  readonly argument: number;
}

/** The answer to one request. */
export interface ControlResponse {
  readonly requestId: number;
  readonly outcome: keyof typeof ControlOutcome;
  /** For people; empty when there is nothing to say. */
  readonly message: string;
  /** Answer to STATUS; else null. */
  readonly snapshot: TelemetrySnapshot | null;
}

const IDENTIFIER = 'DLCM';
const builder = new Builder(4096);

/** A request as bytes of its own. */
export function encodeControlRequest(request: ControlRequest): Uint8Array {
  const { requestId, kind, argument } = request;
  const body = RequestTable.createControlRequest(builder, requestId, ControlKind[kind], argument);
  ControlMessage.startControlMessage(builder);
  ControlMessage.addRequest(builder, body);
  return finishMessage(builder, ControlMessage.endControlMessage(builder), IDENTIFIER);
}

/** @throws Error when the bytes are no whole request of this version. */
export function decodeControlRequest(bytes: Uint8Array): ControlRequest {
  const body = openControl(bytes).request();
  if (body === null) throw new Error('control message must hold a request, held none');
  return {
    requestId: body.requestId(),
    kind: enumName(ControlKind, body.kind(), 'kind'),
    argument: body.argument(),
  };
}

/** A response as bytes of its own. */
export function encodeControlResponse(response: ControlResponse): Uint8Array {
  const message = builder.createString(response.message);
  const snapshot = response.snapshot === null ? null : writeSnapshot(builder, response.snapshot);
  ResponseTable.startControlResponse(builder);
  ResponseTable.addRequestId(builder, response.requestId);
  ResponseTable.addOutcome(builder, ControlOutcome[response.outcome]);
  ResponseTable.addMessage(builder, message);
  if (snapshot !== null) ResponseTable.addSnapshot(builder, snapshot);
  const body = ResponseTable.endControlResponse(builder);
  ControlMessage.startControlMessage(builder);
  ControlMessage.addResponse(builder, body);
  return finishMessage(builder, ControlMessage.endControlMessage(builder), IDENTIFIER);
}

/** @throws Error when the bytes are no whole response of this version. */
export function decodeControlResponse(bytes: Uint8Array): ControlResponse {
  const body = openControl(bytes).response();
  if (body === null) throw new Error('control message must hold a response, held none');
  const snapshot = body.snapshot();
  return {
    requestId: body.requestId(),
    outcome: enumName(ControlOutcome, body.outcome(), 'outcome'),
    message: requiredString(body.message(), 'message'),
    snapshot: snapshot === null ? null : readSnapshot(snapshot),
  };
}

function openControl(bytes: Uint8Array): ControlMessage {
  return ControlMessage.getSizePrefixedRootAsControlMessage(openMessage(bytes, IDENTIFIER));
}
