import { describe, expect, it } from 'vitest';
import { FaultRules } from '../../features/faults/rules.ts';
import { faultRoutes } from './fault-routes.ts';
import { JsonBody } from './json-body.ts';
import type { AdminRequest } from './route.ts';

function askOf(rules: FaultRules | undefined) {
  return (method: string, path: string, body: object = {}) => {
    const named = path.startsWith('faults/');
    const route = faultRoutes(rules).find(
      (one) => one.method === method && one.path === (named ? 'faults/:fault' : path),
    )!;
    expect(route.who).toBe('operator');
    const params = named ? { fault: path.slice('faults/'.length) } : {};
    return route.run({ params, body: new JsonBody(JSON.stringify(body)) } as unknown as AdminRequest);
  };
}

describe('fault rules', () => {
  const effect = { error: 'SlowDown' };

  it('are added, listed and cleared', () => {
    const ask = askOf(new FaultRules(new Set(['GetObject']), () => 0));
    const rule = { match: { operations: ['GetObject'] }, when: { first: 2 }, effect };
    const added = { ...rule, id: 'f1', matched: 0, fired: 0 };
    expect(ask('GET', 'faults')).toEqual({ enabled: true, faults: [] });
    expect(ask('POST', 'faults', rule)).toEqual(added);
    ask('POST', 'faults', { id: 'other', effect });
    expect(ask('GET', 'faults')).toMatchObject({ faults: [added, { id: 'other' }] });
    expect(ask('DELETE', 'faults/f1')).toEqual({ cleared: 1 });
    expect(() => ask('DELETE', 'faults/f1')).toThrow(expect.objectContaining({ status: 404 }));
    expect(ask('DELETE', 'faults')).toEqual({ cleared: 1 });
  });

  it.each([{}, { effect: {} }, { effect, what: 1 }, { effect: { error: 'None' } }])('are not added as %j', (body) => {
    const ask = askOf(new FaultRules(new Set(), () => 0));
    expect(() => ask('POST', 'faults', body)).toThrow(expect.objectContaining({ status: 400, code: 'Invalid' }));
    expect(() => ask('DELETE', 'faults', { all: true })).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('are none where the server was not started for them', () => {
    const ask = askOf(undefined);
    expect(ask('GET', 'faults')).toEqual({ enabled: false, faults: [] });
    for (const [method, path] of [
      ['POST', 'faults'],
      ['DELETE', 'faults'],
      ['DELETE', 'faults/f1'],
    ] as const) {
      expect(() => ask(method, path, method === 'POST' ? { effect } : {})).toThrow(
        expect.objectContaining({ status: 409, code: 'NoFaultRules' }),
      );
    }
  });
});
