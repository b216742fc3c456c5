// A bot made of an unmodified discord.js shows every component to the people of
// the simulated Discord and hears what they do with them: buttons, menus,
// modals, autocompletion, follow-ups, files, direct messages, and a stage.
import assert from 'node:assert/strict';
import { ComponentType, Client, DiscordAPIError, GatewayIntentBits, version } from 'discord.js';
import { Desk } from './desk.mjs';
import { World, refused, run, until } from './world.mjs';

const world = new World(process.argv[2]);
const first = await world.view();
const me = first.bots[0];
const demo = first.guilds.find((g) => g.name === 'demo');
const user = (name) => first.users.find((u) => u.name === name).id;
const channel = (name) => demo.channels.find((c) => c.name === name).id;
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
  rest: { api: first.rest_url.replace(/\/v10$/, '') },
});
const desk = new Desk(client);
const { seen } = desk;
let guild;

const newest = async (who = 'ana') => (await world.look(who)).at(-1);
const message = async (id, who = 'ana') => (await world.look(who)).find((m) => m.message.id === id)?.message;
const fails = (promise, status, code) => assert.rejects(promise, (e) => e instanceof DiscordAPIError && e.status === status && e.code === code);

async function login() {
  await client.login(me.token);
  await seen.next(0, 'ready');
  guild = client.guilds.cache.get(demo.id);
  const made = await client.application.commands.set(Desk.commands);
  assert.equal(made.size, Desk.commands.length);
  assert.equal((await world.commands()).length, Desk.commands.length);
}

async function buttonsOfAllStyles() {
  const panel = (await world.send('/buttons')).reply;
  const shown = panel.components.flatMap((r) => r.components.map((b) => b.style));
  assert.deepEqual(shown, [1, 2, 3, 4, 5, 2, 1, 6, 4, 2]);
  const click = (custom_id, more) => world.click({ custom_id, message: panel.id, ...more });
  assert.deepEqual([(await click('primary')).reply.content, (await message(panel.id)).content], ['primary by ana', 'primary by ana']);
  const later = await click('secondary', { user: 'bruno' });
  assert.deepEqual([later.deferred, later.reply.id], [true, panel.id]);
  await until('the deferred update', async () => (await message(panel.id)).content === 'secondary by bruno');
  const own = await click('success');
  assert.notEqual(own.reply.id, panel.id);
  assert.deepEqual([own.reply.content, (await newest()).ephemeral, await message(own.reply.id, 'bruno')], ['success by ana', true, undefined]);
  const mark = seen.mark();
  const fresh = await click('danger');
  assert.deepEqual([fresh.deferred, fresh.reply.content], [true, 'danger by ana']);
  await until('the follow-up', async () => (await newest()).message.content === 'danger by ana, and more');
  assert.equal((await message(fresh.reply.id, 'bruno')).content, 'danger by ana');
  const emoji = await world.click({ label: '🎵', message: panel.id });
  assert.deepEqual([emoji.reply.id, (await seen.next(mark, 'emoji')).id], [panel.id, panel.id]);
  await world.refuses('/click', { custom_id: 'disabled', message: panel.id }, 403);
  await world.refuses('/click', { label: 'link', message: panel.id }, 403);
  assert.equal((await message(panel.id)).content, 'emoji by ana');
  await click('remove');
  await until('the message is gone', async () => !(await message(panel.id)));
  await world.refuses('/click', { custom_id: 'primary', message: panel.id }, 404);
}

// picks uses a menu and compares what the bot was told.
async function picks(panel, id, values, want) {
  const mark = seen.mark();
  const got = await world.click({ custom_id: id, message: panel.id, values });
  const none = { users: [], members: [], roles: [], channels: [] };
  const { name, ...told } = await seen.next(mark, 'chosen');
  assert.deepEqual(told, { id, ...none, ...want });
  assert.deepEqual([got.reply.id, got.reply.content], [panel.id, `${id}: ${values.length}`]);
}

async function menusOfAllKinds() {
  const panel = (await world.send('/selects')).reply;
  assert.deepEqual(panel.components.map((r) => r.components[0].type), [3, 5, 6, 7, 8]);
  assert.deepEqual(panel.components[1].components[0].default_values, [{ id: me.application_id, type: 'user' }]);
  await picks(panel, 'words', ['Two', '3'], { type: ComponentType.StringSelect, values: ['2', '3'] });
  await picks(panel, 'users', ['bruno', 'carla'], {
    type: ComponentType.UserSelect, values: [user('bruno'), user('carla')], users: ['bruno', 'carla'], members: ['Bruno', 'Carla'],
  });
  const dj = demo.roles.find((r) => r.name === 'DJ').id;
  await picks(panel, 'roles', ['DJ'], { type: ComponentType.RoleSelect, values: [dj], roles: ['DJ'] });
  await picks(panel, 'roles', [], { type: ComponentType.RoleSelect, values: [] });
  await picks(panel, 'any', ['diego', 'DJ'], {
    type: ComponentType.MentionableSelect, values: [user('diego'), dj], users: ['diego'], members: ['Diego'], roles: ['DJ'],
  });
  await picks(panel, 'channels', ['stage'], { type: ComponentType.ChannelSelect, values: [channel('stage')], channels: ['stage'] });
  const use = (custom_id, values) => world.refuses('/click', { custom_id, values, message: panel.id }, 400);
  await use('channels', ['general']); // it takes voice channels only
  await use('words', ['1', '2', '3']);
  await use('words', ['1', '1']);
  await use('users', []);
}

async function modals() {
  let mark = seen.mark();
  const opened = (await world.send('/form')).modal;
  assert.deepEqual([opened.title, opened.custom_id, opened.components.length], ['from a command', 'plain', 2]);
  await world.call('POST', '/modal', { modal_id: opened.id, user: 'ana', fields: { title: 'x' } }, 400); // shorter than 2
  await world.call('POST', '/modal', { modal_id: opened.id, user: 'bruno', fields: { title: 'mine' } }, 404);
  const done = await world.modal(opened, { title: 'Evening' });
  assert.deepEqual([done.deferred, done.reply.content], [true, 'plain from a command']);
  assert.deepEqual(await seen.next(mark, 'submitted'), { name: 'submitted', id: 'plain', title: 'Evening', notes: 'as before' });
  assert.equal((await seen.next(mark, 'awaited')).title, 'Evening');
  await world.call('POST', '/modal', { modal_id: opened.id, user: 'ana', fields: { title: 'Again' } }, 409);
  const panel = (await world.send('/buttons')).reply;
  const second = (await world.click({ custom_id: 'open', message: panel.id, user: 'carla' })).modal;
  mark = seen.mark();
  const updated = await world.modal(second, { title: 'Two', notes: 'one\ntwo' }, 'carla');
  assert.deepEqual([updated.reply.id, updated.reply.content], [panel.id, 'plain from a message']);
  assert.equal((await seen.next(mark, 'submitted')).notes, 'one\ntwo');
}

async function modalOfLabels() {
  const mark = seen.mark();
  const opened = (await world.send('/labels')).modal;
  assert.deepEqual(opened.components.map((c) => c.type), [10, 18, 18, 18, 18]);
  const done = await world.modal(opened, { list: 'Rain', mood: ['calm', 'loud'], for: ['bruno'] });
  assert.equal(done.reply.content, 'labelled from a command');
  const told = await seen.next(mark, 'submitted');
  assert.deepEqual([told.list, told.mood, told.for, told.role], ['Rain', ['calm', 'loud'], ['bruno'], 0]);
}

async function layout() {
  const panel = (await world.send('/layout')).reply;
  assert.deepEqual(panel.components[0].components.map((c) => c.type), [10, 14, 9]);
  const got = await world.click({ custom_id: 'inside', message: panel.id });
  assert.equal(got.reply.components[0].components[0].content, 'inside by ana');
}

async function completes() {
  const ask = (line, focused) => world.send(line, { focused });
  const one = await ask('/find query:sea', 'query');
  assert.deepEqual(one.choices.map((c) => [c.name, c.value]), [['SEA', 'sea']]);
  assert.equal(one.choices[0].name_localizations['es-ES'], '¡sea!');
  assert.deepEqual((await ask('/find query:nothing', 'query')).choices ?? [], []);
  assert.equal((await ask('/find query:many', 'query')).choices.length, 25);
  assert.deepEqual((await ask('/find query:sea count:1', 'count')).choices.map((c) => [c.name, c.value]), [['for sea', 7]]);
  assert.deepEqual((await ask('/find query:sea share:0', 'share')).choices.map((c) => c.value), [0.5]);
  const mark = seen.mark();
  const crowd = await ask('/find query:crowd', 'query'); // 26 are one too many
  assert.deepEqual([crowd.state, crowd.choices], ['failed', undefined]);
  assert.equal((await seen.next(mark, 'failed')).code, 50035);
  assert.equal((await world.send('/find query:sea count:7 share:0.5')).reply.content, 'sea 7 0.5');
}

async function followsUp() {
  let mark = seen.mark();
  const got = await world.send('/work');
  const { reply, fetched, notes } = await seen.next(mark, 'worked');
  assert.deepEqual([reply, fetched], [got.reply.id, 'second']);
  const texts = (await world.look('bruno')).map((m) => m.message).filter((m) => [reply, ...notes].includes(m.id)).map((m) => m.content);
  assert.deepEqual(texts, ['second', 'note 1, edited', 'note 3, edited by the bot']);
  mark = seen.mark();
  await world.send('/secret');
  await until('the ephemeral follow-up', async () => (await newest()).message.content === 'gone');
  const mine = (await world.look('ana')).map((m) => m.message.content);
  assert.ok(!mine.includes('only for you'));
  assert.ok(!(await world.look('bruno')).some((m) => m.message.content === 'gone'));
  const late = await world.send('/late');
  assert.deepEqual([late.state, late.reply], ['failed', null]);
  assert.deepEqual(await seen.next(mark, 'failed'), { name: 'failed', on: 'late', code: 10062 });
}

async function files() {
  const mark = seen.mark();
  await world.send('/upload text:"sea air"');
  const up = (await seen.next(mark, 'uploaded')).files;
  assert.deepEqual(up.map((f) => [f.name, f.size, f.text]), [['a.txt', 7, 'the a.txt'], ['b.bin', 2, 'the b.bin']]);
  assert.equal(await (await fetch(up[0].url)).text(), 'sea air');
  assert.deepEqual((await seen.next(mark, 'replaced')).files, ['a.txt', 'c.txt']);
  const shown = (await newest()).message.attachments;
  assert.deepEqual(shown.map((a) => a.filename), ['a.txt', 'c.txt']);
  assert.equal(await (await fetch(shown[1].url)).text(), 'third');
}

async function directMessages() {
  const mark = seen.mark();
  const bruno = await client.users.fetch(user('bruno'));
  const sent = await bruno.send('hello');
  assert.ok(sent.channel.isDMBased());
  const told = await seen.next(mark, 'raw', (e) => e.t === 'MESSAGE_CREATE' && e.d.id === sent.id);
  assert.equal(told.d.guild_id, undefined);
  await sent.edit('hello again');
  const texts = async (who) => (await world.look(who, me.name, '')).map((m) => m.message.content);
  assert.deepEqual(await texts('bruno'), ['hello again']);
  assert.equal((await (await bruno.createDM()).messages.fetch(sent.id)).content, 'hello again');
  const got = await world.send('/whisper', { guild: '', bot: me.name, user: 'bruno' });
  assert.equal(got.reply.content, 'in private with bruno, guild false');
  assert.equal((await world.send('/whisper')).reply.content, 'in public with ana, guild true');
  await fails((await client.users.fetch(user('diego'))).send('no'), 403, 50007);
  await world.refuseDMs('diego', false);
  await (await client.users.fetch(user('diego'))).send('now');
  assert.deepEqual(await texts('diego'), ['now']);
}

// On a stage a bot is audience. It may ask to speak; to take the word without
// being asked needs MUTE_MEMBERS, which this bot does not have.
async function stage() {
  const mark = seen.mark();
  const mine = () => guild.members.me.voice;
  const really = async () => (await world.view()).guilds.find((g) => g.name === 'demo').voice.find((v) => v.user_id === me.application_id);
  const both = (what, suppress) => until(what, async () => mine().suppress === suppress && Boolean((await really()).suppress) === suppress);
  guild.shard.send({ op: 4, d: { guild_id: guild.id, channel_id: channel('stage'), self_mute: false, self_deaf: true } });
  await until('on the stage', () => mine().channelId === channel('stage'));
  await both('is audience', true);
  await fails(mine().setSuppressed(false), 403, 50013);
  await fails(guild.stageInstances.create(channel('stage'), { topic: 'Live' }), 403, 50013);
  await mine().setRequestToSpeak(true);
  await until('the request', async () => mine().requestToSpeakTimestamp > 0 && (await really()).request_to_speak);
  await world.mend('voice.suppress', { guild: 'demo', bot: me.name }); // a moderator asks it up
  await both('speaks', false);
  await mine().setSuppressed(true);
  await both('went back by itself', true);
  await world.mend('voice.suppress', { guild: 'demo', bot: me.name });
  await both('speaks again', false);
  await world.fault('voice.suppress', { guild: 'demo', bot: me.name });
  await both('is sent to the audience', true);
  await world.fault('voice.stage', { guild: 'demo', channel: 'stage', name: 'evening' });
  const live = await seen.next(mark, 'raw', (e) => e.t === 'STAGE_INSTANCE_CREATE');
  await until('moved to it', () => mine().channelId === live.d.channel_id);
  assert.equal(guild.stageInstances.cache.get(live.d.id).topic, live.d.topic);
  await world.mend('voice.stage', { guild: 'demo', name: 'evening' });
  await until('moved back', () => mine().channelId === channel('stage') && !guild.channels.cache.has(live.d.channel_id));
}

async function refusals() {
  const general = guild.channels.cache.get(channel('general'));
  const button = (custom_id, more) => ({ type: 2, style: 1, label: 'b', custom_id, ...more });
  const rows = (...all) => general.send({ content: 'x', components: all.map((components) => ({ type: 1, components })) });
  await fails(rows([button('a'), button('a')]), 400, 50035);
  await fails(rows(...Array.from({ length: 6 }, (_, n) => [button(`r${n}`)])), 400, 50035);
  await fails(rows(Array.from({ length: 6 }, (_, n) => button(`b${n}`))), 400, 50035);
  await fails(rows([{ type: 3, custom_id: 'm', options: [] }]), 400, 50035);
  await fails(rows([button('u', { url: 'https://example.com/' })]), 400, 50035);
  await refused(world, [
    'rest 50035', 'rest 10062', 'rest 50007', 'rest 50013', 'rest 50013', ...Array(5).fill('rest 50035'),
  ]);
  assert.deepEqual(seen.since(0, 'error'), []);
  assert.deepEqual(seen.since(0, 'failed').map((e) => e.code), [50035, 10062]);
}

await run('components', { 'discord.js': version }, [
  ['login and commands', login],
  ['buttons of all styles, answered in all ways', buttonsOfAllStyles],
  ['menus: words, users, roles, mentionables, channels', menusOfAllKinds],
  ['modals from a command and from a button', modals],
  ['a modal of labels with menus', modalOfLabels],
  ['components V2: a container with a section', layout],
  ['autocompletion: text, integer, number, its limits', completes],
  ['follow-ups: edit, delete, ephemeral, too late', followsUp],
  ['files: sent, fetched, kept, replaced', files],
  ['direct messages, taken and refused', directMessages],
  ['a stage: asks, speaks, is suppressed; its instance', stage],
  ['components that Discord refuses', refusals],
], async () => { await client.destroy(); });
