/** What applications do about errors, where many codes want the same. */
import { w } from './row.ts';

/** The request itself is wrong. */
export const REPAIR = w(
  'A mistake in the program: repair the request. Repeating it changes nothing.',
  '程序有误：请修正请求。原样重试不会成功。',
);
/** The bytes did not arrive as they were sent. */
export const SEND_AGAIN = w(
  'Compute the digest again and send once more: the bytes changed on the way, or the digest is of other bytes. Nothing was stored.',
  '重新计算摘要并再次上传：数据在途中被改变，或摘要不属于这份数据。服务端没有保存任何内容。',
);
/** Nothing is configured. */
export const AS_NONE = w(
  'Take it as "none is set": it is the usual answer to a question about a setting that nobody made.',
  '视为“尚未设置”：查询一个从未配置过的项目时，这是正常的回答。',
);
/** It will pass. */
export const BACK_OFF = w(
  'Wait and repeat with growing pauses (exponential back-off with jitter); heed `Retry-After` where it is given. The SDK repeats 5xx by itself.',
  '稍候并以递增的间隔重试（带随机抖动的指数退避）；若有 `Retry-After` 则照其等待。SDK 会自动重试 5xx。',
);
/** For people, not for programs. */
export const ASK_OPERATOR = w(
  'Only the operator of the server can change this: report it, do not repeat.',
  '只有服务的运营者可以改变：请上报，不要重试。',
);
/** Somebody else was first. */
export const READ_AND_DECIDE = w(
  'Read the state again and decide anew; repeat only if the request still makes sense.',
  '重新读取当前状态后再决定；只有请求仍有意义时才重试。',
);
/** Rights. */
export const GRANT = w(
  'Do not repeat. Give the caller the right (ACL, bucket policy, policy of the user), or use other keys; `cosette explain` names the rule that decided.',
  '不要重试。请为调用者授权（ACL、存储桶策略、用户策略）或换用其他密钥；`cosette explain` 会指出起决定作用的规则。',
);
/** Clients that look in the wrong place. */
export const FOLLOW = w(
  'Configure the region that `Location` names and sign again: the host is part of what SDKs sign, so a redirect cannot be followed blindly.',
  '把地域改为 `Location` 所指的地域并重新签名：SDK 的签名包含 Host，不能直接跟随跳转。',
);
