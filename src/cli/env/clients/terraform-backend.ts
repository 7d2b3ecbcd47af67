/** Terraform's `cos` backend always asks Tencent's names over https: spec/clients.md §6. */
import { addressUrl, double, shell } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function snippets(server: ServerFacts): readonly Snippet[] {
  const variables = [`export HTTPS_PROXY=${addressUrl(server)}`];
  if (server.caFile !== undefined) variables.push(`export SSL_CERT_FILE=${shell(server.caFile)}`);
  const tunnel = {
    en: "The backend always speaks `https`; the server answers the tunnel itself, with a certificate of its own authority (`cosette trust` makes it). Terraform's other downloads need another shell:",
    zh: '该 backend 固定使用 `https`；隧道由服务器自己应答，证书由它自己的颁发机构签发（用 `cosette trust` 生成）。Terraform 的其他下载请在另一个终端进行：',
  };
  const caption = {
    en: 'The bucket must exist. Run Terraform with `-lock=false`: locks use an API of another service.',
    zh: '存储桶需要先创建。运行 Terraform 时加 `-lock=false`：加锁依赖另一个服务的接口。',
  };
  const text = `terraform {
  backend "cos" {
    region     = ${double(server.region)}
    bucket     = ${double(server.bucket)}
    prefix     = "terraform/state"
    secret_id  = ${double(server.secretId)}
    secret_key = ${double(server.secretKey)}
  }
}`;
  return [
    { caption: tunnel, language: 'sh', text: variables.join('\n') },
    { caption, language: 'hcl', file: 'main.tf', text },
  ];
}

export const terraformBackend: Client = {
  id: 'terraform-backend',
  title: 'Terraform: cos backend',
  forms: { proxy: snippets },
};
