// The bot whose behaviour discordjs.mjs checks: it notes what it sees and
// answers what it is asked.
import {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, EmbedBuilder, Events, MessageFlags, SlashCommandBuilder,
  StringSelectMenuBuilder,
} from 'discord.js';
import { Seen } from './world.mjs';

/** Bot hangs its listeners on a client of discord.js. */
export class Bot {
  static commands = [
    new SlashCommandBuilder().setName('ask').setDescription('Ask').setDescriptionLocalizations({ 'es-ES': 'Pregunta' }),
    new SlashCommandBuilder().setName('slow').setDescription('Answer later')
      .addStringOption((o) => o.setName('query').setDescription('What').setRequired(true).setAutocomplete(true).setMaxLength(200))
      .addIntegerOption((o) => o.setName('volume').setDescription('How loud').setMinValue(0).setMaxValue(100)),
    new SlashCommandBuilder().setName('panel').setDescription('Show a panel'),
    new SlashCommandBuilder().setName('typo').setDescription('To be deleted'),
  ];

  seen = new Seen();

  last = null;

  constructor(client) {
    const { seen } = this;
    client.once(Events.ClientReady, () => seen.note('ready'));
    client.on(Events.ShardReady, () => seen.note('shardReady'));
    client.on(Events.ShardResume, (_, replayed) => seen.note('resumed', { replayed }));
    client.on(Events.Raw, (p) => seen.note('raw', { t: p.t, d: p.d }));
    client.on(Events.Error, (e) => seen.note('error', { message: e.message }));
    client.on(Events.ShardError, (e) => seen.note('shardError', { message: e.message }));
    client.on(Events.MessageCreate, (m) => seen.note('message', { id: m.id, content: m.content }));
    client.on(Events.MessageUpdate, (_, m) => seen.note('messageUpdate', { id: m.id, content: m.content }));
    client.on(Events.MessageDelete, (m) => seen.note('messageDelete', { id: m.id }));
    client.on(Events.VoiceStateUpdate, (from, to) => {
      if (from.channelId !== to.channelId) {
        seen.note('voice', { user: to.member.user.username, from: from.channel?.name ?? null, to: to.channel?.name ?? null });
      }
    });
    client.on(Events.InteractionCreate, (i) => this.answer(i));
  }

  async answer(i) {
    this.last = { id: i.id, token: i.token };
    if (i.isAutocomplete()) {
      const typed = i.options.getFocused();
      await i.respond([1, 2].map((n) => ({ name: `Choice ${typed} ${n}`, value: `${typed}-${n}` })));
    } else if (i.isStringSelectMenu()) {
      await i.update({ content: `chose ${i.values.join()}` });
    } else if (i.isButton()) {
      await this.pressed(i);
    } else if (i.isChatInputCommand()) {
      await this[i.commandName](i);
    }
  }

  async pressed(i) {
    if (i.customId === 'skip') {
      await i.update({ content: `skipped by ${i.user.username}` });
      return;
    }
    await i.deferUpdate();
    await i.editReply({ content: `${i.customId} by ${i.user.username}` });
  }

  async ask(i) {
    await i.reply({ content: `in ${i.channel.name}, says ${i.user.username}`, flags: MessageFlags.Ephemeral });
  }

  async slow(i) {
    await i.deferReply();
    const embed = new EmbedBuilder().setTitle('Ocean').setColor(0x336699).addFields({ name: 'Length', value: '3:04', inline: true });
    await i.editReply({ content: `playing ${i.options.getString('query')} at ${i.options.getInteger('volume')}`, embeds: [embed] });
    const fetched = (await i.fetchReply()).content;
    const note = await i.followUp({ content: `only for ${i.user.username}`, flags: MessageFlags.Ephemeral });
    const followed = note.content;
    await i.editReply({ message: note, content: `${followed}, edited` });
    const gone = await i.followUp({ content: 'not for long' });
    await i.deleteReply(gone);
    this.seen.note('slow done', { fetched, followed });
  }

  async panel(i) {
    const button = (id, label, style) => new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(style);
    const menu = new StringSelectMenuBuilder().setCustomId('speed').setPlaceholder('How fast')
      .addOptions({ label: 'Slow', value: 'slow' }, { label: 'Fast', value: 'fast' });
    await i.reply({
      content: 'a panel',
      components: [
        new ActionRowBuilder().addComponents(
          button('skip', 'Skip', ButtonStyle.Primary), button('later', 'Later', ButtonStyle.Secondary),
          button('never', 'Never', ButtonStyle.Danger).setDisabled(true),
        ),
        new ActionRowBuilder().addComponents(menu),
      ],
    });
  }
}
