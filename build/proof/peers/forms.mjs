// Modals: one of rows as they always were, one of labels, and what a bot reads
// from what was sent back.
import {
  ActionRowBuilder, LabelBuilder, ModalBuilder, RoleSelectMenuBuilder, StringSelectMenuBuilder, TextDisplayBuilder, TextInputBuilder,
  TextInputStyle, UserSelectMenuBuilder,
} from 'discord.js';

/** plain is a modal of two text inputs in rows. */
export function plain(title) {
  const input = (id, style) => new TextInputBuilder().setCustomId(id).setLabel(id).setStyle(style);
  return new ModalBuilder().setCustomId('plain').setTitle(title).addComponents(
    new ActionRowBuilder().addComponents(input('title', TextInputStyle.Short).setMinLength(2).setMaxLength(20)),
    new ActionRowBuilder().addComponents(input('notes', TextInputStyle.Paragraph).setRequired(false).setValue('as before')),
  );
}

/** labelled is a modal of labels around inputs and menus. */
export function labelled() {
  const label = (text) => new LabelBuilder().setLabel(text);
  return new ModalBuilder().setCustomId('labelled').setTitle('Labels')
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('Fill this in'))
    .addLabelComponents(
      label('Name').setDescription('of the list').setTextInputComponent(new TextInputBuilder().setCustomId('list').setStyle(TextInputStyle.Short)),
      label('Mood').setStringSelectMenuComponent(new StringSelectMenuBuilder().setCustomId('mood').setMaxValues(2)
        .addOptions({ label: 'Calm', value: 'calm' }, { label: 'Loud', value: 'loud' })),
      label('For').setUserSelectMenuComponent(new UserSelectMenuBuilder().setCustomId('for')),
      label('Role').setRoleSelectMenuComponent(new RoleSelectMenuBuilder().setCustomId('role').setRequired(false)),
    );
}

/** told is what the bot reads from a modal that was submitted. */
export function told(i) {
  const { fields } = i;
  if (i.customId === 'plain') {
    return { id: 'plain', title: fields.getTextInputValue('title'), notes: fields.getTextInputValue('notes') };
  }
  return {
    id: i.customId, list: fields.getTextInputValue('list'), mood: fields.getStringSelectValues('mood'),
    for: fields.getSelectedUsers('for').map((u) => u.username), role: fields.getSelectedRoles('role')?.size ?? 0,
  };
}
