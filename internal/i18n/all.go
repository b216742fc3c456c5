package i18n

// All returns the ids of all messages. A catalog that lacks one of them, or
// that has one more, is refused when it is loaded.
func All() []ID {
	return []ID{
		Playing, QueuedNext, Queued, Playlist, PlaylistCut, WaitingForNode, Paused, Resumed, Skipped, Stopped,
		StoppedEmpty, Left, Joined, VolumeSet, VolumeIs, Done, PlayFailed, Halted, LeftIdle, LeftEmpty,
		Disconnected, JoinFailed, PlanLifts, QueryEmpty, QueryTooLong, URLUnsupported, AddressDenied, NotInVoice,
		OtherChannel, NoBotFree, CannotConnect, CannotSpeak, JoinTimeout, QueueFull, VolumeRange, NothingPlaying,
		NotConnected, AlreadyPaused, NotPaused, AlreadySkipped, NotFound, LoadFailed, ResolveTimeout, Cancelled,
		Busy, Stale, OldPanel, TooManyErrors, UnknownOperation, OurFault, Frozen, NotPossible, TrackBy, TrackUntitled, TrackLive,
		QueueTitle, QueueEmpty, QueueNothingElse, QueueNow, QueuePausedAt, QueueHeld, QueuePending, QueueWaiting, QueueMore,
		QueuePage, Tracks, PanelPlaying, PanelPaused, PanelWaiting, PanelNoNode, PanelNothing, PanelNothingHint,
		PanelKept, FieldAuthor, FieldLength, FieldPosition, FieldBy, FieldVolume, FieldWaiting, NothingWaits,
		Percent, Days, Hours, Minutes, Seconds, TimePair, PlanFree, PlanPro, PlanElite, HelpTitle, HelpHint,
		CommandPlay, CommandPlayQuery, CommandPlayNext, CommandPause, CommandResume, CommandSkip, CommandStop,
		CommandLeave, CommandJoin, CommandQueue, CommandQueuePage, CommandNowPlaying, CommandVolume,
		CommandVolumePercent, CommandHelp,
	}
}
