// The bot whose behaviour components.mjs checks: it shows every kind of
// component and tells what came back from it.
import {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, ChannelSelectMenuBuilder, ChannelType, ContainerBuilder,
  Events, InteractionContextType, MentionableSelectMenuBuilder, MessageFlags, RoleSelectMenuBuilder, SeparatorBuilder,
  SectionBuilder, SlashCommandBuilder, StringSelectMenuBuilder, TextDisplayBuilder, UserSelectMenuBuilder,
} from 'discord.js';
import { labelled, plain, told } from './forms.mjs';
import { Seen } from './world.mjs';

const command = (name) => new SlashCommandBuilder().setName(name).setDescription(`Try ${name}`);
const row = (...parts) => new ActionRowBuilder().addComponents(...parts);
const names = (all, name) => [...(all?.values() ?? [])].map(name).sort();

/** Desk hangs its listeners on a client of discord.js. */
export class Desk {
  static commands = [
    command('buttons'), command('selects'), command('form'), command('labels'), command('layout'), command('late'),
    command('work'), command('secret'),
    command('upload').addStringOption((o) => o.setName('text').setDescription('What is in it').setRequired(true)),
    command('whisper').setContexts(InteractionContextType.BotDM, InteractionContextType.Guild),
    command('find')
      .addStringOption((o) => o.setName('query').setDescription('What').setRequired(true).setAutocomplete(true))
      .addIntegerOption((o) => o.setName('count').setDescription('How many').setAutocomplete(true))
      .addNumberOption((o) => o.setName('share').setDescription('What part').setAutocomplete(true)),
  ];

  seen = new Seen();

  constructor(client) {
    const { seen } = this;
    client.once(Events.ClientReady, () => seen.note('ready'));
    client.on(Events.Error, (e) => seen.note('error', { message: e.message }));
    client.on(Events.Raw, (p) => seen.note('raw', { t: p.t, d: p.d }));
    client.on(Events.InteractionCreate, (i) => this.answer(i).catch((e) => seen.note('failed', { on: i.commandName ?? i.customId, code: e.code ?? e.message })));
  }

  async answer(i) {
    if (i.isAutocomplete()) await this.complete(i);
    else if (i.isButton()) await this.press(i);
    else if (i.isAnySelectMenu()) await this.choose(i);
    else if (i.isModalSubmit()) await this.submit(i);
    else if (i.isChatInputCommand()) await this[i.commandName](i);
  }

  async buttons(i) {
    const button = (id, style) => new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(style);
    await i.reply({
      content: 'buttons',
      components: [
        row(
          button('primary', ButtonStyle.Primary), button('secondary', ButtonStyle.Secondary), button('success', ButtonStyle.Success),
          button('danger', ButtonStyle.Danger), new ButtonBuilder().setURL('https://example.com/').setLabel('link').setStyle(ButtonStyle.Link),
        ),
        row(
          new ButtonBuilder().setCustomId('emoji').setEmoji('🎵').setStyle(ButtonStyle.Secondary),
          button('disabled', ButtonStyle.Primary).setDisabled(true),
          new ButtonBuilder().setSKUId(i.client.application.id).setStyle(ButtonStyle.Premium),
          button('remove', ButtonStyle.Danger), button('open', ButtonStyle.Secondary),
        ),
      ],
    });
  }

  // Each style is answered in another way that a component may be answered.
  async press(i) {
    const by = `${i.customId} by ${i.user.username}`;
    const ways = {
      primary: () => i.update({ content: by }),
      secondary: async () => {
        await i.deferUpdate();
        await i.editReply({ content: by });
      },
      success: () => i.reply({ content: by, flags: MessageFlags.Ephemeral }),
      danger: async () => {
        await i.deferReply();
        await i.editReply(by);
        await i.followUp({ content: `${by}, and more`, flags: MessageFlags.Ephemeral });
      },
      emoji: async () => {
        const got = await i.update({ content: by, withResponse: true });
        this.seen.note('emoji', { id: got.resource.message.id });
      },
      remove: async () => {
        await i.deferUpdate();
        await i.deleteReply();
      },
      open: () => i.showModal(plain('from a button')),
      inside: () => i.update({ components: [this.container(by)], flags: MessageFlags.IsComponentsV2 }),
    };
    await ways[i.customId]();
  }

  async selects(i) {
    const here = i.client.user.id;
    await i.reply({
      content: 'selects',
      components: [
        row(new StringSelectMenuBuilder().setCustomId('words').setMinValues(1).setMaxValues(2).addOptions(
          { label: 'One', value: '1', description: 'the first', emoji: '1️⃣' }, { label: 'Two', value: '2' }, { label: 'Three', value: '3', default: true },
        )),
        row(new UserSelectMenuBuilder().setCustomId('users').setMaxValues(3).setDefaultUsers(here)),
        row(new RoleSelectMenuBuilder().setCustomId('roles').setMinValues(0)),
        row(new MentionableSelectMenuBuilder().setCustomId('any').setMaxValues(5)),
        row(new ChannelSelectMenuBuilder().setCustomId('channels').setChannelTypes(ChannelType.GuildVoice, ChannelType.GuildStageVoice)),
      ],
    });
  }

  async choose(i) {
    this.seen.note('chosen', {
      id: i.customId, type: i.componentType, values: i.values,
      users: names(i.users, (u) => u.username), members: names(i.members, (m) => m.displayName),
      roles: names(i.roles, (r) => r.name), channels: names(i.channels, (c) => c.name),
    });
    await i.update({ content: `${i.customId}: ${i.values.length}` });
  }

  async form(i) {
    await i.showModal(plain('from a command'));
    const back = await i.awaitModalSubmit({ time: 15_000, filter: (s) => s.customId === 'plain' && s.user.id === i.user.id });
    this.seen.note('awaited', { title: back.fields.getTextInputValue('title') });
  }

  async labels(i) { await i.showModal(labelled()); }

  async submit(i) {
    this.seen.note('submitted', told(i));
    const text = `${i.customId} from ${i.isFromMessage() ? 'a message' : 'a command'}`;
    if (i.isFromMessage()) {
      await i.update({ content: text });
    } else {
      await i.deferReply({ flags: MessageFlags.Ephemeral });
      await i.editReply(text);
    }
  }

  container(text) {
    return new ContainerBuilder().setAccentColor(0x336699)
      .addTextDisplayComponents(new TextDisplayBuilder().setContent(text))
      .addSeparatorComponents(new SeparatorBuilder().setDivider(true))
      .addSectionComponents(new SectionBuilder()
        .addTextDisplayComponents(new TextDisplayBuilder().setContent('a section'))
        .setButtonAccessory(new ButtonBuilder().setCustomId('inside').setLabel('Inside').setStyle(ButtonStyle.Success)));
  }

  async layout(i) { await i.reply({ components: [this.container('a container')], flags: MessageFlags.IsComponentsV2 }); }

  async complete(i) {
    const { name, value } = i.options.getFocused(true);
    if (value === 'many' || value === 'crowd') {
      const n = value === 'many' ? 25 : 26;
      await i.respond(Array.from({ length: n }, (_, k) => ({ name: `${k}`, value: `${k}` })));
    } else if (name === 'query') {
      await i.respond(value === 'nothing' ? [] : [{ name: value.toUpperCase(), value, nameLocalizations: { 'es-ES': `¡${value}!` } }]);
    } else if (name === 'count') {
      await i.respond([{ name: `for ${i.options.getString('query')}`, value: 7 }]);
    } else {
      await i.respond([{ name: 'a half', value: 0.5 }]);
    }
  }

  async find(i) { await i.reply(`${i.options.getString('query')} ${i.options.getInteger('count')} ${i.options.getNumber('share')}`); }

  // late answers after the three seconds that Discord waits.
  async late(i) {
    await new Promise((done) => { setTimeout(done, 3_300); });
    await i.reply('too late');
  }

  async work(i) {
    await i.deferReply();
    await i.editReply('first');
    const again = await i.editReply({ content: 'second' });
    const notes = [];
    for (const n of [1, 2, 3]) notes.push(await i.followUp(`note ${n}`));
    await i.editReply({ message: notes[0].id, content: 'note 1, edited' });
    await i.deleteReply(notes[1].id);
    await notes[2].edit('note 3, edited by the bot');
    this.seen.note('worked', { reply: again.id, fetched: (await i.fetchReply()).content, notes: notes.map((n) => n.id) });
  }

  async secret(i) {
    await i.deferReply({ flags: MessageFlags.Ephemeral });
    await i.editReply('only for you');
    await i.deleteReply();
    await i.followUp({ content: 'gone', flags: MessageFlags.Ephemeral });
  }

  async upload(i) {
    const file = (name, text) => new AttachmentBuilder(Buffer.from(text), { name, description: `the ${name}` });
    const got = await i.reply({ content: 'files', files: [file('a.txt', i.options.getString('text')), file('b.bin', '\0\u0001')], withResponse: true });
    const { attachments } = got.resource.message;
    this.seen.note('uploaded', { files: attachments.map((a) => ({ name: a.name, size: a.size, type: a.contentType, text: a.description, url: a.url })) });
    const keep = attachments.find((a) => a.name === 'a.txt');
    const left = await i.editReply({ attachments: [keep], files: [file('c.txt', 'third')] });
    this.seen.note('replaced', { files: left.attachments.map((a) => a.name) });
  }

  async whisper(i) { await i.reply(`in ${i.channel?.isDMBased() ? 'private' : 'public'} with ${i.user.username}, guild ${i.inGuild()}`); }
}
