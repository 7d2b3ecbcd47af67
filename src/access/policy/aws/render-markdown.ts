/** docs/s3-policies.md, made from the tables of actions and condition keys. */
import { OTHER_S3_ACTIONS, S3_ACTIONS } from './actions.ts';
import { ABSENT_KEYS, PRESENT_KEYS } from './keys.ts';

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

/** Action of AWS → actions of COS that it names. */
function byS3Action(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [action, { plain, versioned = plain }] of Object.entries(S3_ACTIONS)) {
    for (const name of new Set([...plain, ...versioned])) found.set(name, [...(found.get(name) ?? []), action]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function renderS3Policies(): string {
  const rows = [...byS3Action()].map(([name, actions]) => `| ${code(`s3:${name}`)} | ${codes([...actions].sort())} |`);
  return `# Policies in the language of AWS

This file is made from the tables in \`src/access/policy/aws\` by \`npm run docs\`. Beside the language of Tencent's CAM
([permissions.md](permissions.md)), \`PUT ?policy\` takes documents of AWS, by either protocol. The version tells which one it is:
\`"Version": "2012-10-17"\` or \`"2008-10-17"\` is AWS's, \`"version": "2.0"\` is CAM's. Policies of users, groups, roles and
sessions may be written in either as well. A policy of AWS is kept as it was put, and \`GET ?policy\` gives the same bytes
back, whichever protocol asks; what it says holds for requests of both.

## What counts

- **Statements** have \`Effect\`, \`Action\` or \`NotAction\`, \`Resource\` or \`NotResource\`, and in policies of buckets \`Principal\`;
  \`Sid\` and \`Condition\` may be there. Everything else is refused, \`NotPrincipal\` too.
- **What cannot be understood is refused** with \`MalformedPolicy\` and the reason: an unknown element, operator, condition key,
  policy variable, kind of principal, or action. Passed over, it could turn a deny into nothing. Policies of users and sessions
  may name actions and resources of other services, which cover nothing.
- **Principals**: \`"*"\`, \`{"AWS": …}\` with an account (its UIN or its APPID, alone or as \`arn:aws:iam::<account>:root\`),
  \`arn:aws:iam::<account>:user/<name>\`, \`…:role/<name>\`, and \`{"CanonicalUser": "qcs::cam::uin/<uin>:uin/<uin>"}\`.
  \`Service\` and \`Federated\` name nobody here. Wildcards stand for nobody but everybody: \`user/*\` is refused.
- **An allow** for an account reaches its users and roles through their own policies. **A deny** for an account is one for all
  its users and roles, and a deny for \`"*"\` is one for everybody, the owner too (other than in CAM's language). The root of the
  bucket's account can always put, get and delete the policy of its bucket.
- **Resources** are \`arn:aws:s3:::<bucket>\` and \`arn:aws:s3:::<bucket>/<key>\`, the bucket with its APPID or without. In the
  policy of a bucket, resources that cannot be of this bucket are refused; \`*\` and patterns that reach it are taken. A listing
  is about its bucket, whatever its prefix: use \`s3:prefix\`.
- \`*\` stands for any characters, \`?\` for one. Actions are compared without regard to case, everything else with it.
- **Variables**: any condition key below that has one value, \`\${aws:username}\`, with a default as \`\${aws:username, 'nobody'}\`;
  \`\${*}\`, \`\${?}\` and \`\${$}\` are the signs themselves. Where a request has no value, the text fits nothing. Values never work
  as wildcards. Documents of 2008-10-17 have no variables.
- Bounds are those of [permissions.md](permissions.md#policies): 20 KB, 200 statements and so on.

## Conditions

\`String…\` (\`Equals\`, \`NotEquals\`, \`EqualsIgnoreCase\`, \`NotEqualsIgnoreCase\`, \`Like\`, \`NotLike\`), \`Numeric…\` and \`Date…\`
(\`Equals\`, \`NotEquals\`, \`LessThan\`, \`LessThanEquals\`, \`GreaterThan\`, \`GreaterThanEquals\`), \`Bool\`, \`BinaryEquals\`, \`IpAddress\`,
\`NotIpAddress\`, \`Arn…\` (\`Equals\`, \`NotEquals\`, \`Like\`, \`NotLike\`) and \`Null\`; with \`IfExists\` behind them, and \`ForAllValues:\`
or \`ForAnyValue:\` in front. Where the request has no value, the negated ones hold and the others do not, as with AWS. A value
that cannot be compared (\`max-keys=many\`) counts for a deny and never for an allow.

Keys: ${codes(PRESENT_KEYS)}.

Known, but no request here has them: ${codes(ABSENT_KEYS)}.

- \`s3:ExistingObjectTag/<key>\` is about the object that an operation names, whatever the operation.
- An account can be written by UIN and by APPID, a bucket in \`s3:x-amz-copy-source\` (decoded, \`<bucket>/<key>\`) with APPID and
  without, a class by its word in S3 and in COS: each spelling fits.
- \`s3:signatureversion\` is absent for signatures of COS.
- The \`s3:object-lock-…\` keys are about headers, not about the document of \`PUT ?retention\`.

\`GET ?policyStatus\` says \`IsPublic\` for a policy that allows everybody something, other than from fixed addresses (no wider
than /8, or /32 for IPv6) or for fixed principals, and for ACLs that grant everybody or everybody who signs something. A
bucket without a policy has a status too.

## Actions

Rights of COS that stand in no row, such as those of \`?referer\` and \`?origin\`, are named by \`s3:*\` alone, and by every
\`NotAction\` that does not say \`s3:*\`. Names with \`Version\` count where the request names a version; the others do then not.

| action of AWS | actions of COS |
| --- | --- |
${rows.join('\n')}

Known, but nothing here does it: ${codes(OTHER_S3_ACTIONS.map((name) => `s3:${name}`))}.
`;
}
