// grpc-js, which reads the protos as it starts; run by with_charterd.py.
// Each entry of expectations.json is a test here, by its name.
'use strict';

const assert = require('node:assert/strict');
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const grpc = require('@grpc/grpc-js');
const {loadSync} = require('@grpc/proto-loader');

const ROOT = path.dirname(path.dirname(__dirname));
const PATIENCE = 30; // Seconds that a call, and a test, may take here.
const EXPECTED = JSON.parse(fs.readFileSync(path.join(__dirname, 'expectations.json'), 'utf8'));
const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').split('\n## Other languages\n')[1].split('\n## ')[0];

const services = ['calendar', 'contract', 'directory', 'event'].map((name) => `charter/v1/${name}_service.proto`);
const definition = loadSync([...services, 'charter/v1/contact.proto', 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
  {includeDirs: [path.join(ROOT, 'protos')], keepCase: true, longs: String, enums: String, defaults: true});
const {v1} = grpc.loadPackageDefinition(definition).charter;

// To the server, as the holder of this token; null: without one.
function credentialsOf(token) {
  const channel = grpc.credentials.createSsl();
  if (token === null) return channel;
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return grpc.credentials.combineChannelCredentials(
    channel, grpc.credentials.createFromMetadataGenerator((call, done) => done(null, metadata)));
}

class Client {
  constructor(token = process.env.CHARTER_TOKEN) {
    this.credentials = credentialsOf(token);
    this.clients = {};
  }

  stub(service) {
    return this.clients[service] ??= new v1[service](process.env.CHARTER_ADDRESS, this.credentials);
  }

  call(service, method, request) {
    return new Promise((resolve, reject) => this.stub(service)[method](
      request, {deadline: Date.now() + PATIENCE * 1000}, (error, answer) => error ? reject(error) : resolve(answer)));
  }

  directory(method, request) {
    return this.call('DirectoryService', method, request);
  }

  watch(request, seconds = PATIENCE) {
    return this.stub('EventService').WatchEvents(request, {deadline: Date.now() + seconds * 1000});
  }

  close() {
    for (const client of Object.values(this.clients)) client.close();
  }
}

const typeOf = (any) => any.type_url.split('/').pop();
const unpack = (any) => definition[typeOf(any)].deserialize(any.value);

// What `grpc-status-details-bin` holds: the ErrorInfo, and the violations as pairs of field and reason.
function detailsOf(error) {
  const status = definition['google.rpc.Status'].deserialize(error.metadata.get('grpc-status-details-bin')[0]);
  const of = (type) => status.details.filter((detail) => typeOf(detail) === `google.rpc.${type}`).map(unpack)[0];
  return {info: of('ErrorInfo'), violations: (of('BadRequest')?.field_violations ?? []).map(({field, reason}) => [field, reason])};
}

// The error with which the promise must end.
async function refused(code, promise) {
  const error = await promise.then(() => assert.fail(`answered, not ${code}`), (refusal) => refusal);
  assert.equal(grpc.status[error.code], code, error.stack);
  return error;
}

async function readToEnd(stream) {
  const messages = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

// All that is in `part` is in `whole`, which may have more fields.
function assertHolds(whole, part) {
  if (part === null || typeof part !== 'object') return assert.equal(whole, part);
  for (const [key, value] of Object.entries(part)) assertHolds(whole[key], value);
  if (Array.isArray(part)) assert.equal(whole.length, part.length);
}

const checks = {
  async create_and_get(client, expected) {
    for (const {service, create, get, name, request, answer} of expected) {
      const created = await client.call(service, create, request);
      const read = await client.call(service, get, {name});
      assert.deepEqual(created, read);
      assertHolds(read, {name, ...answer});
      assert(Math.abs(Date.now() / 1000 - Number(read.create_time.seconds)) < 300, 'create_time is not now');
    }
  },

  async pages(client, {tier, accounts, page_size, pages}) {
    for (const account of accounts) {
      await client.directory('CreateAccount', {account_id: account, account: {display_name: account, tier}});
    }
    const sizes = [], names = [];
    let page_token = '';
    do {
      const page = await client.directory('ListAccounts', {filter: `tier == '${tier}'`, page_size, page_token});
      sizes.push(page.accounts.length);
      names.push(...page.accounts.map(({name}) => name));
      page_token = page.next_page_token;
    } while (page_token !== '');
    assert.deepEqual(sizes, pages);
    assert.deepEqual(names, accounts.map((account) => `accounts/${account}`));
  },

  async error_details(client, expected) {
    for (const {service, method, request, code, reason, metadata, violations} of expected) {
      const details = detailsOf(await refused(code, client.call(service, method, request)));
      assertHolds(details, {info: {domain: 'charter.dev', reason, metadata}, violations});
    }
  },

  async deadline(client, {deadline_seconds, code, sooner_than_seconds}) {
    // A stream, because a unary call that waits answers shortly before its deadline.
    const began = Date.now();
    await refused(code, readToEnd(client.watch({}, deadline_seconds)));
    assert(Date.now() - began < sooner_than_seconds * 1000);
    await client.directory('ListAccounts', {}); // The channel is as good as before.
  },

  async request_id(client, {id, tier, code, reason}) {
    // The server makes the name: done twice it would make two.
    const create = (display_name) => client.directory('CreateAccount', {request_id: id, account: {display_name, tier}});
    const first = await create('Once');
    assert.deepEqual(await create('Once'), first);
    assertHolds(detailsOf(await refused(code, create('Other'))), {info: {reason}, violations: [['request_id', reason]]});
    assert.deepEqual((await client.directory('ListAccounts', {filter: `tier == '${tier}'`})).accounts, [first]);
  },

  async watch_and_resume(client, {before, unread, after, account, heartbeat_nanos, type}) {
    const parent = `accounts/${account}`;
    await client.directory('CreateAccount', {account_id: account, account: {display_name: 'Watched'}});
    const write = (contact) => client.directory('CreateContact',
      {contact_id: contact.split('/')[1], contact: {display_name: contact, account: parent}});
    const watch = (start) => client.watch(
      {...start, filter: {account: parent, resource_types: ['contacts']}, heartbeat_interval: {nanos: heartbeat_nanos}});

    const events = [];
    let stream = watch({});
    let messages = stream[Symbol.asyncIterator]();
    const next = async () => {
      const {value, done} = await messages.next();
      assert(!done, 'the stream has ended');
      events.push(...value.events);
      return value;
    };
    let token = (await next()).resume_token; // The first message comes at once: from here on everything is seen.
    for (const contact of before) {
      await write(contact);
      while (events.at(-1)?.subject !== contact) token = (await next()).resume_token;
    }
    for (const contact of unread) await write(contact);
    const ended = new Promise((resolve) => stream.on('error', resolve));
    stream.cancel();
    assert.equal((await ended).code, grpc.status.CANCELLED);
    for (const contact of after) await write(contact);

    stream = watch({resume_token: token});
    messages = stream[Symbol.asyncIterator]();
    const all = [...before, ...unread, ...after];
    while (events.at(-1).subject !== all.at(-1)) await next();
    let message = await next();
    while (!message.bookmark) message = await next(); // Comes because nothing happens any more.
    stream.on('error', () => {});
    stream.cancel();
    assert.equal(message.events.length, 0);
    assert(message.resume_token);
    assert.deepEqual(events.map(({subject}) => subject), all);
    assert.deepEqual(new Set(events.map((event) => event.type)), new Set([type]));
    const places = events.map(({sequence, index}) => Number(sequence) * 1e6 + index);
    places.slice(1).forEach((place, i) => assert(place > places[i], `${place} after ${places[i]}`));
    assert.deepEqual(unpack(events.at(-1).resource), await client.directory('GetContact', {name: all.at(-1)}));
  },

  async token(client, {code, ...reasons}) {
    for (const [token, reason] of [[null, reasons.missing], [`not-${process.env.CHARTER_TOKEN}`, reasons.wrong]]) {
      const stranger = new Client(token);
      for (const call of [() => stranger.directory('ListAccounts', {}), () => readToEnd(stranger.watch({}))]) {
        assert.equal(detailsOf(await refused(code, call())).info.reason, reason);
      }
      stranger.close();
    }
  },

  async readme(client, {account_id, display_name}) {
    await client.directory('CreateAccount', {account_id, account: {display_name}});
    const program = README.match(/^```js\n([^]*?)^```$/m)[1];
    assert.equal(execFileSync(process.execPath, ['-e', program], {cwd: ROOT, encoding: 'utf8', timeout: 60000}), `${display_name}\n`);
  },
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(name, {timeout: 2 * PATIENCE * 1000}, async () => {
    const client = new Client();
    try {
      await checks[name](client, expected);
    } finally {
      client.close();
    }
  });
}
