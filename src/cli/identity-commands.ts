/** `cosette account|user|group|role|policy|key …`: identities of the running server, by its admin API. */
import type { Command } from 'commander';
import type { CommonFlags, Session } from './identity-actions.ts';
import { configOf, readsSettings } from './setting-flags.ts';

type Actions = typeof import('./identity-actions.ts');

interface Given extends CommonFlags {
  readonly newUin?: string;
  readonly newAppid?: string;
  readonly user?: string;
  readonly maxSession?: string;
  readonly replace?: true;
  /** Arguments, in order. */
  readonly args: readonly string[];
}

type Act = (actions: Actions, session: Session, given: Given) => Promise<string>;
type Add = (usage: string, description: string, act: Act) => Command;
type HolderName = 'user' | 'group' | 'role';

/** @param key the command `key`, which has other subcommands besides */
export function addIdentityCommands(program: Command, key: Command): void {
  const parent = (name: string, description: string): Add =>
    adder(program.command(name).description(`${description} Asks the running server.`));
  addAccounts(parent('account', 'Root accounts: each has an APPID, and buckets of its own.'));
  const user = parent('user', 'Sub-users of an account: each has its own key pairs and policies.');
  addUsers(user);
  addAttachments(user, 'user');
  const group = parent('group', 'Groups of users: members have the policies of the group.');
  addGroups(group);
  addAttachments(group, 'group');
  const role = parent('role', 'Roles: rights that others take on for a while (STS AssumeRole).');
  addRoles(role);
  addAttachments(role, 'role');
  addPolicies(parent('policy', 'Policies that can be attached to users, groups and roles.'));
  addKeys(adder(key));
}

function adder(parent: Command): Add {
  return (usage, description, act) => {
    const command = readsSettings(parent.command(usage))
      .description(description)
      .option('--account <account>', 'UIN, APPID or name of the account it is about; default: that of the key')
      .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
      .option('--json', 'as JSON');
    return command.action(async () => {
      const { config } = configOf(command, process.env);
      const actions = await import('./identity-actions.ts');
      const given = { ...command.opts<CommonFlags>(), args: command.processedArgs.flat().map(String) };
      const session = await actions.openSession(config, given);
      process.stdout.write(await act(actions, session, given));
    });
  };
}

function addAccounts(add: Add): void {
  add('list', 'List the accounts.', (act, session) => act.list(session, act.KINDS.account));
  add('create <name>', 'Make an account. `key create --account` gives its root a key pair.', (act, session, given) => {
    const { args, newUin: uin, newAppid: appid } = given;
    return act.create(session, act.KINDS.account, { name: args[0], uin, appid });
  })
    .option('--new-uin <uin>', 'its UIN, 5 to 15 digits; default: chosen by the server')
    .option('--new-appid <appid>', 'its APPID, 5 to 15 digits; default: chosen by the server');
  add('show <account>', 'Show an account.', (act, session, { args }) => act.show(session, act.KINDS.account, args[0]!));
  add(
    'delete <account>',
    'Delete an account that has no buckets, users, groups, roles and policies.',
    (act, session, { args }) => act.remove(session, act.KINDS.account, args[0]!),
  );
}

function addUsers(add: Add): void {
  add('list', 'List the users.', (act, session) => act.list(session, act.KINDS.user));
  add('create <name>', 'Make a user. It has no rights and no key pair yet.', (act, session, { args }) =>
    act.create(session, act.KINDS.user, { name: args[0] }),
  );
  add('show <user>', 'Show a user.', (act, session, { args }) => act.show(session, act.KINDS.user, args[0]!));
  add('delete <user>', 'Delete a user with its key pairs.', (act, session, { args }) =>
    act.remove(session, act.KINDS.user, args[0]!),
  );
  add('disable <user>', 'Refuse all keys of a user.', (act, session, { args }) =>
    act.change(session, act.KINDS.user, args[0]!, { disabled: true }),
  );
  add('enable <user>', 'Accept the keys of a disabled user again.', (act, session, { args }) =>
    act.change(session, act.KINDS.user, args[0]!, { disabled: false }),
  );
}

function addGroups(add: Add): void {
  add('list', 'List the groups.', (act, session) => act.list(session, act.KINDS.group));
  add('create <name>', 'Make a group.', (act, session, { args }) =>
    act.create(session, act.KINDS.group, { name: args[0] }),
  );
  add('show <group>', 'Show a group.', (act, session, { args }) => act.show(session, act.KINDS.group, args[0]!));
  add('members <group>', 'List the users in a group.', (act, session, { args }) => act.listMembers(session, args[0]!));
  add('delete <group>', 'Delete a group without members.', (act, session, { args }) =>
    act.remove(session, act.KINDS.group, args[0]!),
  );
  add('add <group> <user>', 'Put a user into a group.', (act, session, { args }) =>
    act.setMember(session, args[0]!, args[1]!, true),
  );
  add('remove <group> <user>', 'Take a user out of a group.', (act, session, { args }) =>
    act.setMember(session, args[0]!, args[1]!, false),
  );
}

function addRoles(add: Add): void {
  add('list', 'List the roles.', (act, session) => act.list(session, act.KINDS.role));
  add(
    'create <name> <principal...>',
    'Make a role that the principals may assume: qcs::cam::uin/<owner>:root, …:uin/<user>, …:uin/*, …:roleName/<name>.',
    (act, session, { args: [name, ...trust], maxSession }) => {
      const maxSessionS = maxSession === undefined ? undefined : Number(maxSession);
      return act.create(session, act.KINDS.role, { name, trust, maxSessionS });
    },
  ).option('--max-session <seconds>', 'longest duration of its temporary keys (default: 7200)');
  add('show <role>', 'Show a role.', (act, session, { args }) => act.show(session, act.KINDS.role, args[0]!));
  add(
    'trust <role> <principal...>',
    'Say anew who may assume a role.',
    (act, session, { args: [role = '', ...trust] }) => act.change(session, act.KINDS.role, role, { trust }),
  );
  add('delete <role>', 'Delete a role; its temporary keys end.', (act, session, { args }) =>
    act.remove(session, act.KINDS.role, args[0]!),
  );
}

function addAttachments(add: Add, kind: HolderName): void {
  add(`attach <${kind}> <policy>`, `Attach a policy to a ${kind}.`, (act, session, { args }) =>
    act.attach(session, act.KINDS[kind], args[0]!, args[1]!, true),
  );
  add(`detach <${kind}> <policy>`, `Detach a policy from a ${kind}.`, (act, session, { args }) =>
    act.attach(session, act.KINDS[kind], args[0]!, args[1]!, false),
  );
}

function addPolicies(add: Add): void {
  add('list', 'List the policies, with the presets.', (act, session) => act.list(session, act.KINDS.policy));
  add('show <policy>', 'Print the text of a policy.', (act, session, { args }) => act.showPolicy(session, args[0]!));
  add(
    'create <name> <file>',
    'Store a policy from a JSON file; - reads standard input.',
    (act, session, { args, replace }) => act.putPolicy(session, args[0]!, args[1]!, replace === true),
  ).option('--replace', 'take the place of the policy of that name; whoever has it attached has the new one');
  add('delete <policy>', 'Delete a policy that is attached to nobody.', (act, session, { args }) =>
    act.remove(session, act.KINDS.policy, args[0]!),
  );
}

function addKeys(add: Add): void {
  const forUser = ['--user <user>', 'name or UIN of a user, or root'] as const;
  add('list', 'List the key pairs of the running server. SecretKeys are never shown.', (act, session, { user }) =>
    act.list(session, act.KINDS.key, { user }),
  ).option(...forUser);
  add('create', 'Make a key pair and print it, this once.', (act, session, { user }) =>
    act.createKey(session, user),
  ).option(...forUser);
  add('disable <secret-id>', 'Refuse a key pair within a second.', (act, session, { args }) =>
    act.change(session, act.KINDS.key, args[0]!, { enabled: false }),
  );
  add('enable <secret-id>', 'Accept a disabled key pair again.', (act, session, { args }) =>
    act.change(session, act.KINDS.key, args[0]!, { enabled: true }),
  );
  add('delete <secret-id>', 'Delete a key pair.', (act, session, { args }) =>
    act.remove(session, act.KINDS.key, args[0]!),
  );
}
