import { describe, expect, it } from 'vitest';
import { BUCKET_NOTIFICATION, checkRule, isFor, type NotificationRule, refuseOverlap } from './rules.ts';

const rule = (changes: Partial<NotificationRule> = {}): NotificationRule => ({
  id: 'one',
  events: ['cos:ObjectCreated:*'],
  prefix: '',
  suffix: '',
  url: 'https://hooks.example.com/cos',
  sealedSecret: Buffer.from('sealed'),
  ...changes,
});

describe('a rule', () => {
  it('comes back from its row', () => {
    const rules = [rule({ prefix: 'a/', suffix: '.jpg' }), rule({ id: 'two' })];
    expect(BUCKET_NOTIFICATION.unpack(BUCKET_NOTIFICATION.pack(rules))).toEqual(rules);
  });

  it.each<Partial<NotificationRule>>([
    { id: '' },
    { id: 'a b' },
    { events: [] },
    { events: ['cos:ObjectCreated'] },
    { events: ['*'] },
    { events: ['cos:ObjectCreated:Put', 'cos:ObjectCreated:Put'] },
    { prefix: 'x'.repeat(851) },
    { url: 'hooks.example.com' },
    { url: 'ftp://hooks.example.com' },
    { url: 'http://user:pass@hooks.example.com' },
  ])('may not be %j', (changes) => {
    expect(() => checkRule(rule(changes))).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });

  it('is for what its events, prefix and suffix say', () => {
    const images = rule({ prefix: 'in/', suffix: '.jpg' });
    expect(isFor(images, 'cos:ObjectCreated:Copy', 'in/a.jpg')).toBe(true);
    expect(isFor(images, 'cos:ObjectRemove:Delete', 'in/a.jpg')).toBe(false);
    expect(isFor(images, 'cos:ObjectCreated:Copy', 'out/a.jpg')).toBe(false);
    expect(isFor(images, 'cos:ObjectCreated:Copy', 'in/a.png')).toBe(false);
  });
});

describe('overlapping rules', () => {
  it.each<[Partial<NotificationRule>, string]>([
    [{}, 'NotifyRuleEventConflict'],
    [{ events: ['cos:ObjectRemove:Delete', 'cos:ObjectCreated:Put'] }, 'NotifyRuleEventConflict'],
    [{ prefix: 'a/' }, 'NotifyRulePrefixConflict'],
    [{ suffix: '.jpg' }, 'NotifyRuleSuffixConflict'],
  ])('with %j conflict: %s', (changes, code) => {
    expect(() => refuseOverlap(rule({ id: 'two', ...changes }), [rule()])).toThrow(expect.objectContaining({ code }));
  });

  it.each<[Partial<NotificationRule>, Partial<NotificationRule>]>([
    [{ events: ['cos:ObjectRemove:*'] }, {}],
    [{ prefix: 'a/' }, { prefix: 'b/' }],
    [{ suffix: '.jpg' }, { suffix: '.png' }],
    [{ events: ['cos:ObjectCreated:Put'] }, { events: ['cos:ObjectCreated:Post'] }],
  ])('%j and %j go together', (one, two) => {
    expect(() => refuseOverlap(rule(one), [rule({ id: 'two', ...two })])).not.toThrow();
  });
});
