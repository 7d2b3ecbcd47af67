/** Answers of uploads that a callback server or a template writes. Source: spec/objects.md §12. */
import { CosError } from '../errors/cos-error.ts';
import { renderErrorXml } from '../http/error-xml.ts';
import type { WireReply } from '../http/types.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { UploadAnswer } from '../operations/upload-answer.ts';
import type { CosRequest } from './request.ts';

/** @param headers of the upload */
export function answered(answer: UploadAnswer, headers: string[], request: CosRequest): WireReply {
  if (answer.kind === 'callback-failed') {
    const { wire } = request;
    const { code, message } = request.resolveError(new CosError('CallbackFailed', { message: answer.message }));
    const body = renderErrorXml({
      code,
      message,
      resource: `${wire.host}${request.decodedPath}`,
      requestId: wire.requestId,
      traceId: request.traceId(wire.requestId),
    });
    return { status: 203, headers: [...headers, 'Content-Type', 'application/xml'], body };
  }
  const type = answer.contentType ?? 'application/octet-stream';
  return { status: 200, headers: [...headers, 'Content-Type', type], body: answer.body };
}

/** `CallbackResult` of Complete. */
export function callbackResult(answer: UploadAnswer, request: CosRequest): string {
  if (answer.kind === 'callback-failed') {
    const { code, message } = request.resolveError(new CosError('CallbackFailed', { message: answer.message }));
    return (
      `<CallbackResult><Status>203</Status><Error>${xmlElement('Code', code)}${xmlElement('Message', message)}</Error>` +
      '</CallbackResult>'
    );
  }
  return `<CallbackResult><Status>200</Status>${xmlElement('CallbackBody', answer.body.toString('base64'))}</CallbackResult>`;
}
