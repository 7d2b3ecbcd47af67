/** What `cosette trust` says. `{FILE}` stands for the certificate's path. */
import type { Lang, Text } from './env/types.ts';

interface TrustClient {
  readonly id: string;
  readonly title: Text;
  readonly commands: readonly Text[];
}

const same = (text: string): Text => ({ en: text, zh: text });

export const TRUST_CLIENTS: readonly TrustClient[] = [
  { id: 'node', title: same('Node.js'), commands: [same('export NODE_EXTRA_CA_CERTS={FILE}')] },
  {
    id: 'python',
    title: same('Python (cos-python-sdk-v5, coscmd, boto3, aws-cli)'),
    commands: [
      same('export REQUESTS_CA_BUNDLE={FILE} SSL_CERT_FILE={FILE} AWS_CA_BUNDLE={FILE}'),
      {
        en: '# these variables take the place of the usual authorities: set them for programs that talk to this server alone',
        zh: '# 这些变量会替换默认的证书颁发机构：只为仅访问本服务器的程序设置',
      },
    ],
  },
  {
    id: 'go',
    title: same('Go (cos-go-sdk-v5, coscli, rclone, restic)'),
    commands: [
      same('export SSL_CERT_FILE={FILE}'),
      {
        en: '# Go on macOS and Windows reads the system store instead: see below',
        zh: '# macOS 和 Windows 上的 Go 程序读取系统证书库，见下文',
      },
    ],
  },
  {
    id: 'java',
    title: same('Java (cos_api, hadoop-cos)'),
    commands: [
      same('keytool -importcert -noprompt -alias cosette -file {FILE} -cacerts -storepass changeit'),
      {
        en: '# or a store of its own: -keystore cosette.p12 instead of -cacerts, and java -Djavax.net.ssl.trustStore=cosette.p12 -Djavax.net.ssl.trustStorePassword=changeit',
        zh: '# 或使用单独的证书库：以 -keystore cosette.p12 代替 -cacerts，并以 java -Djavax.net.ssl.trustStore=cosette.p12 -Djavax.net.ssl.trustStorePassword=changeit 启动',
      },
    ],
  },
  { id: 'curl', title: same('curl'), commands: [same('curl --cacert {FILE} https://…')] },
  {
    id: 'debian',
    title: { en: 'Debian, Ubuntu (whole system)', zh: 'Debian、Ubuntu（整个系统）' },
    commands: [same('sudo cp {FILE} /usr/local/share/ca-certificates/cosette.crt && sudo update-ca-certificates')],
  },
  {
    id: 'fedora',
    title: { en: 'Fedora, RHEL, OpenCloudOS (whole system)', zh: 'Fedora、RHEL、OpenCloudOS（整个系统）' },
    commands: [same('sudo cp {FILE} /etc/pki/ca-trust/source/anchors/cosette.crt && sudo update-ca-trust')],
  },
  {
    id: 'macos',
    title: { en: 'macOS (system, Safari, Chrome)', zh: 'macOS（系统、Safari、Chrome）' },
    commands: [same('sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {FILE}')],
  },
  {
    id: 'windows',
    title: { en: 'Windows (system, Edge, Chrome)', zh: 'Windows（系统、Edge、Chrome）' },
    commands: [same('certutil -addstore -user Root {FILE}')],
  },
  {
    id: 'chrome-linux',
    title: { en: 'Chrome and Chromium on Linux', zh: 'Linux 上的 Chrome、Chromium' },
    commands: [same('certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n cosette -i {FILE}')],
  },
  {
    id: 'firefox',
    title: same('Firefox'),
    commands: [
      {
        en: 'Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import: {FILE}',
        zh: '设置 > 隐私与安全 > 证书 > 查看证书 > 证书颁发机构 > 导入：{FILE}',
      },
    ],
  },
];

interface TrustTexts {
  readonly file: string;
  readonly fingerprint: string;
  readonly validUntil: string;
  readonly unused: string;
  readonly restart: string;
  readonly careful: string;
}

export const TRUST_TEXTS: Readonly<Record<Lang, TrustTexts>> = {
  en: {
    file: 'Certificate of the local authority',
    fingerprint: 'SHA-256',
    validUntil: 'Valid until',
    unused: 'The server shows {FILE} instead (tls.cert): trust whoever issued that.',
    restart: 'Take the line of your client, and start the client again afterwards:',
    careful:
      'Whoever holds ca-key.pem beside it can pose as any server to a client that trusts the certificate: keep it, and trust it on test machines only.',
  },
  zh: {
    file: '本地证书颁发机构的证书',
    fingerprint: 'SHA-256',
    validUntil: '有效期至',
    unused: '服务器使用的是 {FILE}（tls.cert）：请信任其签发者。',
    restart: '按所用客户端执行对应命令，然后重启该客户端：',
    careful:
      '持有同目录下 ca-key.pem 的人可以向信任该证书的客户端冒充任何服务器：请妥善保管，并且只在测试机器上信任它。',
  },
};
