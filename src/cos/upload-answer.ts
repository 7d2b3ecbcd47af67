/** Answers of uploads that a callback server or a template writes. Source: spec/objects.md §12. */
import { CosError } from '../errors/cos-error.ts';
import { renderErrorXml } from '../http/error-xml.ts';
import type { WireReply } from '../http/types.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { UploadAnswer } from '../operations/upload-answer.ts';
import type { CosRequest } from './request.ts';

/** @param headers of the upload */
export function answered(answer: UploadAnswer, headers: string[], request: CosRequest): WireReply {
  if (answer.kind === 'callback-failed' || answer.kind === 'return-body-failed') {
    const { wire } = request;
    const { code, message } = request.resolveError(failure(answer));
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

/** `CallbackResult` or `ReturnBodyResult` of Complete. */
export function answerResult(answer: UploadAnswer, request: CosRequest): string {
  if (answer.kind === 'return-body-failed') {
    const { code, message } = request.resolveError(failure(answer));
    return `<ReturnBodyResult><Status>203</Status>${xmlElement('Code', code)}${xmlElement('Message', message)}</ReturnBodyResult>`;
  }
  if (answer.kind === 'return-body') {
    return `<ReturnBodyResult><Status>200</Status>${xmlElement('ReturnBody', answer.body.toString('base64'))}</ReturnBodyResult>`;
  }
  if (answer.kind === 'callback-failed') {
    const { code, message } = request.resolveError(failure(answer));
    return (
      `<CallbackResult><Status>203</Status><Error>${xmlElement('Code', code)}${xmlElement('Message', message)}</Error>` +
      '</CallbackResult>'
    );
  }
  return `<CallbackResult><Status>200</Status>${xmlElement('CallbackBody', answer.body.toString('base64'))}</CallbackResult>`;
}

function failure(answer: Extract<UploadAnswer, { message: string }>): CosError {
  return new CosError(answer.kind === 'callback-failed' ? 'CallbackFailed' : 'NotImplemented', {
    message: answer.message,
  });
}
