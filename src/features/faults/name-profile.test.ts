import { describe, expect, it } from 'vitest';
import { type Fault, faultOf } from './name-profile.ts';

const answer = (status: number, more: Partial<Fault> = {}) => ({
  kind: 'answer',
  status,
  requestId: false,
  late: false,
  redirect: false,
  code: undefined,
  ...more,
});

describe('faultOf', () => {
  it.each([
    ['200', answer(200)],
    ['204r', answer(204, { requestId: true })],
    ['206r', answer(206, { requestId: true })],
    ['301', answer(301, { redirect: true })],
    ['307r', answer(307, { redirect: true, requestId: true })],
    ['304', answer(304)],
    ['404', answer(404)],
    ['404r', answer(404, { requestId: true, code: 'NoSuchKey' })],
    ['500r', answer(500, { requestId: true, code: 'InternalError' })],
    ['503l', answer(503, { late: true })],
    ['503rl', answer(503, { late: true, requestId: true, code: 'ServiceUnavailable' })],
    ['504r', answer(504, { requestId: true })],
    ['599', answer(599)],
    ['shutdown', { kind: 'reset' }],
    ['timeout', { kind: 'silence' }],
  ])('%s', (key, fault) => {
    expect(faultOf(key, false)).toEqual(fault);
    expect(faultOf(key, true)).toEqual(answer(200, { requestId: true }));
  });

  it.each(['', '20', '100', '600', '2000', '503R', '503lr', '503 ', 'a503', 'a/503', 'Timeout', 'shutdown1'])(
    '%j asks for nothing, repeated or not',
    (key) => {
      expect(faultOf(key, false)).toBeUndefined();
      expect(faultOf(key, true)).toBeUndefined();
    },
  );
});
