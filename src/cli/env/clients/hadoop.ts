/** hadoop-cos (cosn), also inside Spark and Flink: spec/clients.md §5. */
import { BUCKET_FIRST } from '../captions.ts';
import { ownBucketHost, shell, xml } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

type Properties = readonly (readonly [key: string, value: string])[];

const common = (server: ServerFacts): Properties => [
  ['fs.cosn.impl', 'org.apache.hadoop.fs.CosFileSystem'],
  ['fs.AbstractFileSystem.cosn.impl', 'org.apache.hadoop.fs.CosN'],
  ['fs.cosn.userinfo.secretId', server.secretId],
  ['fs.cosn.userinfo.secretKey', server.secretKey],
  ['fs.cosn.bucket.region', server.region],
  ['fs.cosn.useHttps', String(server.scheme === 'https')],
];
const proxy = (server: ServerFacts): Properties => [
  ['fs.cosn.http.proxy.ip', server.host],
  ['fs.cosn.http.proxy.port', String(server.port)],
];
/** The suffix setting takes no port; this one names one bucket whole. */
const name = (server: ServerFacts): Properties => [['fs.cosn.customer.domain', ownBucketHost(server)]];

function snippets(server: ServerFacts, connection: Properties): readonly Snippet[] {
  const all = [...common(server), ...connection];
  const site = all.map(([key, value]) => `  <property><name>${key}</name><value>${xml(value)}</value></property>`);
  const spark = all.map(([key, value]) => `  --conf ${shell(`spark.hadoop.${key}=${value}`)}`);
  const flink = all.map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return [
    {
      caption: BUCKET_FIRST,
      language: 'xml',
      file: 'core-site.xml',
      text: `<configuration>\n${site.join('\n')}\n</configuration>`,
    },
    {
      caption: { en: 'Then:', zh: '然后：' },
      language: 'sh',
      text: `hadoop fs -ls cosn://${server.bucket}/`,
    },
    { caption: { en: 'Spark:', zh: 'Spark：' }, language: 'sh', text: `spark-shell \\\n${spark.join(' \\\n')}` },
    {
      caption: { en: 'Flink (`flink-cos-fs-hadoop`):', zh: 'Flink（`flink-cos-fs-hadoop`）：' },
      language: 'yaml',
      file: 'flink-conf.yaml',
      text: flink.join('\n'),
    },
  ];
}

export const hadoop: Client = {
  id: 'hadoop',
  title: 'Hadoop, Spark, Flink: hadoop-cos',
  aliases: ['hadoop-cos', 'cosn', 'spark', 'flink'],
  forms: {
    proxy: (server) => snippets(server, proxy(server)),
    domain: (server) => snippets(server, name(server)),
  },
};
