package i18n

// All returns the ids of all messages. A catalog that lacks one of them, or
// that has one more, is refused when it is loaded.
func All() []ID {
	return []ID{
		Playing, QueuedNext, Queued, Playlist, PlaylistCut, WaitingForNode, Paused, Resumed, Skipped, Stopped, StoppedEmpty,
		Left, Joined, VolumeSet, VolumeIs, Done, SkippedAhead, SkippedTo, PreviousPlays, Seeked, Rewound, Replayed, RemovedOne,
		Removed, Moved, Unmoved, Swapped, Shuffled, Cleared, LoopSetOff, LoopSetTrack, LoopSetQueue, LoopIs, GrabHere, GrabSent,
		GrabClosed, SettingsSet, PlayFailed, Halted, LeftIdle, LeftEmpty, Disconnected, JoinFailed, HandedOver, QueueKept, Suppressed,
		PlanLifts, QueryEmpty, QueryTooLong, URLUnsupported, AddressDenied, NotInVoice, OtherChannel, NoBotFree,
		CannotConnect, CannotSpeak, JoinTimeout, QueueFull, VolumeRange, NothingPlaying, NotConnected, AlreadyPaused,
		NotPaused, AlreadySkipped, NotFound, LoadFailed, ResolveTimeout, Cancelled, Busy, Stale, OldPanel, TooManyErrors,
		UnknownOperation, OurFault, Frozen, Maintenance, MaintenanceUntil, SearchLost,
		NotPossible, NoSuchPosition, GoneFromQueue, QueueIsEmpty, NotSeekable, BeyondEnd,
		NoHistory, NothingToRemove, NotAdmin, ChannelClosed, SettingInvalid, SettingVolume, SettingTime, SettingLanguage,
		SettingRules, SettingRoles, SettingAnnounce, LoopUnknown, BotOffline, TimeUnreadable, Days, Hours, Minutes, Seconds,
		TimePair, PlanFree, PlanPro, PlanElite, TrackBy, TrackUntitled, TrackLive, QueueTitle, QueueEmpty, QueueNothingElse,
		QueueNow, QueuePausedAt, QueueHeld, QueuePending, QueueWaiting, QueueMore, QueuePage, Tracks, PanelPlaying,
		PanelPaused, PanelWaiting, PanelNoNode, PanelNothing, PanelNothingHint, PanelKept, FieldAuthor,
		FieldBy, FieldVolume, FieldWaiting, NothingWaits, Percent, PanelHalted, PanelHaltedHint,
		PanelSuppressed, PanelSuppressedHint, PanelPausedHint, FieldLoop, FieldNext, PanelMore, LoopOff, LoopTrack,
		LoopQueue, ButtonPrevious, ButtonPause, ButtonResume, ButtonSkip, ButtonStop, ButtonLoop, ButtonShuffle,
		ButtonQuieter, ButtonLouder, ButtonQueue, ButtonAdd, ButtonFirst, ButtonBack, ButtonNext, ButtonLast, ButtonRefresh,
		ButtonCancel, ButtonInvite, MenuJump, MenuPick, FormAdd, FormAddQuery, FormAddHint, HistoryTitle, HistoryEmpty,
		SearchTitle, SearchHint, SearchClosed, BotsTitle, BotsNone, BotNumber, BotPlaying, BotPaused, BotConnected, BotFree,
		BotOfflineNow, BotMissing, BotWaiting, BotsMore, BotsLimit, SettingsTitle, SettingsHint, SettingsVolume,
		SettingsAnnounce, SettingsAnnounceThere, SettingsLanguage, LanguageEnglish, LanguageSpanish, LanguageAuto,
		SettingsIdle, SettingsEmpty, SettingsElsewhere, SettingsRules, SettingsMoreRules, UseEveryone, UseRoles, UseNobody,
		UseDefault, HelpTitle, HelpHint, CommandPlay, CommandPlayNext, CommandSearch, CommandPause, CommandResume,
		CommandSkip, CommandSkipTo, CommandStop, CommandJoin, CommandLeave, CommandPrevious, CommandReplay, CommandSeek,
		CommandForward, CommandRewind, CommandVolume, CommandNowPlaying, CommandQueue, CommandRemove, CommandRemoveTrack,
		CommandRemoveRange, CommandRemoveDuplicates, CommandRemoveBy, CommandMove, CommandSwap, CommandShuffle, CommandClear,
		CommandLoop, CommandHistory, CommandGrab, CommandBots, CommandSettings, CommandSettingsShow, CommandSettingsVolume,
		CommandSettingsAnnouncements, CommandSettingsLanguage, CommandSettingsIdle, CommandSettingsEmpty,
		CommandSettingsChannel, CommandSettingsElsewhere, CommandSettingsReset, CommandHelp, OptionQuery, OptionNext,
		OptionPage, OptionPercent, OptionPosition, OptionTime, OptionSeconds, OptionRangeFrom, OptionRangeTo, OptionMoveFrom,
		OptionMoveTo, OptionFirst, OptionSecond, OptionMode, OptionMember, OptionMinutes, OptionAnnouncements,
		OptionLanguage, OptionChannel, OptionWho, OptionRole,
	}
}
