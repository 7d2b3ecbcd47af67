/** PUT, GET and DELETE Bucket origin. Source: spec/buckets.md §18. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, makeBucket, md5Base64 } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { hostName, originConfiguration, originRule } from '../../support/origin.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'origin');
});
afterAll(() => server.remove());

const putOrigin = (body: string, headers: Readonly<Record<string, string>> = {}) =>
  send({ method: 'PUT', query: { origin: '' }, body, headers });
const getOrigin = () => send({ method: 'GET', query: { origin: '' } });
const HOST = hostName('origin.example.com');
const PLAIN = originConfiguration(originRule({ host: HOST }));

const FULL = originConfiguration(
  '<OriginRule><RulePriority>2</RulePriority><OriginType>Mirror</OriginType>' +
    '<OriginCondition><HTTPStatusCode>404</HTTPStatusCode><Prefix>a &amp; b/</Prefix><Suffix>.jpg</Suffix>' +
    '<FilterHost><ForbidHost><DomainList><Domain>x.example.com</Domain></DomainList></ForbidHost></FilterHost>' +
    '</OriginCondition><OriginParameter><Protocol>FOLLOW</Protocol>' +
    '<TransparentErrorCode>false</TransparentErrorCode><FollowQueryString>true</FollowQueryString><HttpHeader>' +
    '<FollowAllHeaders>false</FollowAllHeaders><NewHttpHeaders><Header><Key>x-new</Key><Value>1</Value></Header>' +
    '</NewHttpHeaders><FollowHttpHeaders><Header><Key>Accept</Key></Header></FollowHttpHeaders>' +
    '<ForbidFollowHeaders><Header><Key>Cookie</Key></Header></ForbidFollowHeaders></HttpHeader>' +
    '<FollowRedirection>true</FollowRedirection><FollowRedirectionConfiguration>' +
    '<FollowOriginHeaders>true</FollowOriginHeaders><FollowUrlAutoDecode>false</FollowUrlAutoDecode>' +
    '</FollowRedirectionConfiguration><HttpRedirectCode>302</HttpRedirectCode><CopyOriginData>true</CopyOriginData>' +
    '</OriginParameter><HTTPStandbyCode><StatusCode>403</StatusCode></HTTPStandbyCode><OriginInfo>' +
    '<HostInfo><HostName>a.example.com:8080</HostName><Weight>4</Weight><StandbyHostName_1>b.example.com' +
    '</StandbyHostName_1></HostInfo><HostInfo><HostName>[2001:db8::1]:80</HostName></HostInfo><FileInfo>' +
    '<PrefixConfiguration><Prefix>a</Prefix><ReplacedWithPrefix>b</ReplacedWithPrefix></PrefixConfiguration>' +
    '<SuffixConfiguration><Suffix>.jpg</Suffix></SuffixConfiguration></FileInfo></OriginInfo></OriginRule>',
  originRule({ type: 'Redirect', condition: '<HTTPStatusCode>4XX</HTTPStatusCode><Prefix></Prefix>', host: HOST }),
);

describe('PutBucketOrigin', () => {
  it('takes everything that is documented, with and without Content-MD5', async () => {
    const answer = await expectStatus(putOrigin(FULL, { 'Content-MD5': md5Base64(FULL) }), 200);
    expect(answer.text).toBe('');
    expect((await getOrigin()).text).toBe(FULL);
    await expectStatus(putOrigin(`<?xml version="1.0"?>\n${PLAIN}`), 200);
    expect((await getOrigin()).text).toBe(PLAIN);
  });

  it('takes what clients send instead of what is documented', async () => {
    const parameter =
      '<HttpHeader><NewHttpHeader><Header><Key>a</Key><Value>a</Value></Header></NewHttpHeader></HttpHeader>' +
      '<HttpRedirectCode>301</HttpRedirectCode><HttpRedirectCode>302</HttpRedirectCode>';
    const flat = '<PrefixDirective>true</PrefixDirective><Prefix>p</Prefix><Suffix>.s</Suffix>';
    const body = originConfiguration(originRule({ parameter, host: HOST, file: flat }));
    await expectStatus(putOrigin(body), 200);
    expect((await getOrigin()).text).toBe(body);
  });

  const rule = (text: string) => originConfiguration(`<OriginRule>${text}</OriginRule>`);
  const INFO = `<OriginInfo><HostInfo>${HOST}</HostInfo></OriginInfo>`;
  it.each([
    ['no rule', originConfiguration()],
    ['no priority', rule(`<OriginType>Mirror</OriginType>${INFO}`)],
    ['no type', rule(`<RulePriority>1</RulePriority>${INFO}`)],
    ['no host', originConfiguration(originRule({ host: '' }))],
    ['no origin', rule('<RulePriority>1</RulePriority><OriginType>Mirror</OriginType>')],
    ['another root', '<Origin/>'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await putOrigin(body), 400, 'MalformedXML');
  });

  const many = (count: number) => Array.from({ length: count }, () => `</HostInfo><HostInfo>${HOST}`).join('');
  const status = (code: string) => `<HTTPStatusCode>${code}</HTTPStatusCode>`;
  const header = (key: string, value = 'v') =>
    `<HttpHeader><NewHttpHeaders><Header><Key>${key}</Key><Value>${value}</Value></Header></NewHttpHeaders></HttpHeader>`;
  it.each([
    ['an unknown type', originRule({ host: HOST }).replace('Mirror', 'Mirrored')],
    ['a priority that is no number', originRule({ host: HOST }).replace('>1<', '>first<')],
    ['two hosts with Proxy', originRule({ type: 'Proxy', host: HOST + many(1) })],
    ['eleven hosts with Mirror', originRule({ host: HOST + many(10) })],
    ['a host with a scheme', originRule({ host: hostName('http://a.example.com') })],
    ['a host with a path', originRule({ host: hostName('a.example.com/b') })],
    ['a port that is none', originRule({ host: hostName('a.example.com:70000') })],
    ['a standby host that is none', originRule({ host: `${HOST}<StandbyHostName_1>a b</StandbyHostName_1>` })],
    ['a weight that is no number', originRule({ host: `${HOST}<Weight>much</Weight>` })],
    ['no weight above 0', originRule({ host: `${HOST}<Weight>0</Weight>` })],
    ['403 with Mirror', originRule({ condition: status('403'), host: HOST })],
    ['500 with Proxy', originRule({ type: 'Proxy', condition: status('500'), host: HOST })],
    ['200 with Redirect', originRule({ type: 'Redirect', condition: status('200'), host: HOST })],
    ['a redirect code', originRule({ parameter: '<HttpRedirectCode>303</HttpRedirectCode>', host: HOST })],
    ['a protocol', originRule({ parameter: '<Protocol>FTP</Protocol>', host: HOST })],
    ['a flag', originRule({ parameter: '<FollowRedirection>yes</FollowRedirection>', host: HOST })],
    [
      'a standby code',
      originRule({ more: '<HTTPStandbyCode><StatusCode>500</StatusCode></HTTPStandbyCode>', host: HOST }),
    ],
    ['a header of the connection', originRule({ parameter: header('Host', 'a'), host: HOST })],
    ['a header that would break the request', originRule({ parameter: header('a', 'x&#13;&#10;b: c'), host: HOST })],
    [
      'a fixed file with a prefix',
      originRule({
        host: HOST,
        file: '<FixedFileConfiguration><FixedFilePath>/a</FixedFilePath></FixedFileConfiguration><Prefix>b</Prefix>',
      }),
    ],
  ])('refuses %s', async (_, text) => {
    expectError(await putOrigin(originConfiguration(text)), 400, 'InvalidArgument');
  });

  it('refuses private origins, which need credentials', async () => {
    const host = `${HOST}<PrivateHost><Host>b</Host><CredentialProvider><Role>r</Role></CredentialProvider></PrivateHost>`;
    expectError(await putOrigin(originConfiguration(originRule({ host }))), 501, 'NotImplemented');
  });

  it('judges the body as every configuration', async () => {
    expectError(await putOrigin(PLAIN, { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await putOrigin(PLAIN, { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
    expectError(await putOrigin(''), 400, 'MissingRequestBodyError');
    expectError(await putOrigin(`${PLAIN}${' '.repeat(65_536)}`), 400, 'XMLSizeLimit');
    const nobody = clientOf(server, 'origin-none');
    expectError(await nobody({ method: 'PUT', query: { origin: '' }, body: PLAIN }), 404, 'NoSuchBucket');
    const anonymous = await send({ method: 'PUT', query: { origin: '' }, body: PLAIN, signed: false });
    expectError(anonymous, 403, 'AccessDenied');
  });
});

describe('GetBucketOrigin', () => {
  it('says where there is none', async () => {
    const bare = await makeBucket(server, 'origin-bare');
    expectError(await bare({ method: 'GET', query: { origin: '' } }), 404, 'OriginConfigurationNotFoundError');
  });
});

describe('DeleteBucketOrigin', () => {
  it('takes the rules away, also where there are none', async () => {
    await expectStatus(putOrigin(PLAIN), 200);
    for (let time = 0; time < 2; time++) {
      await expectStatus(send({ method: 'DELETE', query: { origin: '' } }), 204);
      expectError(await getOrigin(), 404, 'OriginConfigurationNotFoundError');
    }
  });
});

describe.each(SDKS)('with the Node SDK %s', (version, make) => {
  it('goes there and back', async () => {
    const cos = make(server);
    const name = `origin-sdk-${version.replace('.', '-')}`;
    await makeBucket(server, name);
    const target = { Bucket: `${name}-${APPID}`, Region: REGION };
    const OriginRule = [
      {
        RulePriority: '1',
        OriginType: 'Mirror',
        OriginCondition: { HTTPStatusCode: '404', Prefix: '' },
        OriginParameter: { Protocol: 'HTTP', FollowQueryString: 'true', HttpRedirectCode: ['301', '302'] },
        OriginInfo: { HostInfo: { HostName: 'qq.com' }, FileInfo: { PrefixConfiguration: { Prefix: 'p/' } } },
      },
    ];
    await cos.putBucketOrigin({ ...target, OriginRule });
    expect((await cos.getBucketOrigin(target)).OriginRule).toEqual(OriginRule);
    await cos.deleteBucketOrigin(target);
    await expect(cos.getBucketOrigin(target)).rejects.toMatchObject({ statusCode: 404 });
  });
});
