/** Agents that take every name for a server on this machine: clients keep the hosts that they know. */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

export function plainAgent(port: number): Agent {
  const agent = new Agent();
  agent.createConnection = () => connect(port, '127.0.0.1');
  return agent;
}

/** @param ca PEM of the authority that the client trusts */
export function tlsAgent(port: number, ca: string): TlsAgent {
  const agent = new TlsAgent();
  agent.createConnection = (options) => {
    const { servername, host } = options as ConnectionOptions;
    return connectTls({ port, host: '127.0.0.1', servername: servername ?? host ?? '', ca });
  };
  return agent;
}
