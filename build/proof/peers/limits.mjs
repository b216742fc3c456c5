// The REST manager of an unmodified discord.js waits for every form of 429 that
// Discord has and tries again after a server's error; each message arrives once
// and in its order.
import assert from 'node:assert/strict';
import { Client, Events, GatewayIntentBits, HTTPError, RESTEvents, SlashCommandBuilder, version } from 'discord.js';
import { Seen, World, refused, run, until } from './world.mjs';

const world = new World(process.argv[2]);
const first = await world.view();
const me = first.bots[0];
const demo = first.guilds.find((g) => g.name === 'demo');
const seen = new Seen();
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
  rest: {
    api: first.rest_url.replace(/\/v10$/, ''),
    // The library asks here whether to give up; it never does, and what it knows is kept.
    rejectOnRateLimit: (limit) => {
      seen.note('waits', { scope: limit.scope, global: limit.global, retryAfter: limit.retryAfter });
      return false;
    },
  },
});
client.once(Events.ClientReady, () => seen.note('ready'));
client.rest.on(RESTEvents.Response, (request, answer) => seen.note('answer', { method: request.method, path: request.path, status: answer.status }));
client.on(Events.InteractionCreate, async (i) => {
  await i.deferReply();
  await i.editReply('worked');
});
const channels = {};

const statuses = (mark) => seen.since(mark, 'answer').map((e) => e.status);
const contents = async (channel) => (await world.look('ana', channel)).map((m) => m.message.content);
const limit = (form, more = {}) => world.fault('rest.rate_limit', { form, bot: me.name, retry_after: '1.25', ...more });

async function login() {
  await client.login(me.token);
  await seen.next(0, 'ready');
  for (const name of ['general', 'requests', 'announcements']) {
    channels[name] = client.channels.cache.get(demo.channels.find((c) => c.name === name).id);
  }
  await client.application.commands.set([new SlashCommandBuilder().setName('work').setDescription('Work')]);
}

// The limits that Discord announces with each answer are enough: nothing is
// refused although eight messages are more than it takes at once.
async function keepsWhatIsAnnounced() {
  const mark = seen.mark();
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => channels.general.send(`burst ${n}`)));
  assert.deepEqual(statuses(mark), Array(8).fill(200));
  assert.ok(seen.since(mark, 'waits').length > 0);
  assert.deepEqual(await contents('general'), [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `burst ${n}`));
}

// waits has a limit of one form met, and says what the library knew of it.
async function waits(form, channel, { scope, global, waiting = 1_250 }, more) {
  const mark = seen.mark();
  const before = await contents(channel);
  const began = Date.now();
  await limit(form, more);
  const sent = await Promise.all([1, 2].map((n) => channels[channel].send(`${form} ${n}`)));
  assert.ok(Date.now() - began >= waiting, `${Date.now() - began} ms`);
  assert.deepEqual(await contents(channel), [...before, `${form} 1`, `${form} 2`]);
  assert.deepEqual(statuses(mark), [429, 200, 200]);
  const [known] = seen.since(mark, 'waits');
  assert.deepEqual([known.scope, known.global], [scope, global]);
  assert.ok(known.retryAfter >= 1_000 && known.retryAfter <= 2_100, `${known.retryAfter}`);
  assert.deepEqual((await world.broken()), []);
  assert.deepEqual((await world.look('ana', channel)).slice(-2).map((m) => m.message.id), sent.map((m) => m.id));
}

// A global limit stops what has nothing to do with it, but not the first answer
// to an interaction, which the library sends without asking its limits.
async function waitsGlobally() {
  const mark = seen.mark();
  const began = Date.now();
  await limit('global', { retry_after: '4' });
  const done = [];
  const first_ = channels.general.send('global 1').then(() => done.push('general'));
  await until('the 429', () => statuses(mark).includes(429));
  const answered = await world.send('/work');
  assert.deepEqual([answered.state, answered.reply.content], ['answered', 'worked']);
  const other = channels.requests.send('global 2').then(() => done.push('requests'));
  await Promise.all([first_, other]);
  assert.deepEqual(done.sort(), ['general', 'requests']);
  assert.ok(Date.now() - began >= 4_000, `${Date.now() - began} ms`);
  assert.deepEqual(statuses(mark).filter((s) => s === 429), [429]);
  assert.ok(seen.since(mark, 'waits').every((e) => e.global));
  assert.deepEqual((await contents('general')).slice(-2), ['worked', 'global 1']);
  assert.equal((await contents('requests')).at(-1), 'global 2');
}

async function triesAgain(status) {
  const mark = seen.mark();
  await world.fault('rest.error', { bot: me.name, status, count: '2', route: 'POST /channels' });
  await channels.announcements.send(`after ${status}`);
  assert.deepEqual(statuses(mark), [Number(status), Number(status), 200]);
  assert.deepEqual((await contents('announcements')).filter((c) => c === `after ${status}`).length, 1);
  assert.deepEqual(await world.broken(), []);
}

async function givesUp() {
  await world.fault('rest.error', { bot: me.name, status: '500', count: '0', route: 'POST /channels' });
  const before = await contents('announcements');
  await assert.rejects(channels.announcements.send('never'), (e) => (e instanceof HTTPError || e.status === 500) && e.status === 500);
  assert.deepEqual(await world.broken(), ['rest.error']);
  await world.mend('rest.error');
  await channels.announcements.send('mended');
  assert.deepEqual(await contents('announcements'), [...before, 'mended']);
}

async function slow() {
  await world.fault('rest.slow', { bot: me.name, delay: '1s', count: '1' });
  const began = Date.now();
  await channels.announcements.send('slow');
  assert.ok(Date.now() - began >= 1_000);
  await world.fault('rest.late_reply', { bot: me.name, delay: '2s', count: '1', route: 'POST /channels' });
  const late = channels.announcements.send('late');
  let told = false;
  late.then(() => { told = true; });
  await until('it is there before the answer', async () => (await contents('announcements')).at(-1) === 'late');
  assert.equal(told, false);
  await late;
}

await run('limits', { 'discord.js': version }, [
  ['login', login],
  ['keeps the limits that are announced', keepsWhatIsAnnounced],
  ['429 of a route', () => waits('route', 'requests', { scope: 'user', global: false }, { route: 'POST /channels' })],
  ['429 of a shared limit, a fraction', () => waits('shared', 'announcements', { scope: 'shared', global: false }, { header: 'fraction' })],
  ['429 of the address, without JSON', () => waits('cloudflare', 'requests', { scope: 'user', global: false })],
  ['429 of all, but not of interactions', waitsGlobally],
  ['500 is tried again', () => triesAgain('500')],
  ['502, a page of HTML, is tried again', () => triesAgain('502')],
  ['503 is tried again', () => triesAgain('503')],
  ['500 without end is given up', givesUp],
  ['slow, and a late answer', slow],
  ['nothing else was refused', () => refused(world, [])],
], async () => { await client.destroy(); });
