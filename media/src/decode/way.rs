//! Where a track is decoded: on a thread of this process, or in a process of its own.

use super::Error;
use super::chain::Chain;
use crate::item::{AccessUnit, GapReason};
use crate::process;
use coach_core::MediaTime;

/// What becomes of a unit that the decoder has no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// It is lost.
    Live,
    /// It waits for room.
    File,
}

/// What the decoders of both tracks have in common.
pub(crate) trait Decoder {
    /// Takes a unit.
    fn take(&mut self, unit: &AccessUnit, pace: Pace) -> Result<(), Error>;

    /// Returns where it decodes.
    fn way(&mut self) -> &mut Way;
}

/// A decoder of one track, wherever it is.
pub(crate) enum Way {
    Here(Chain),
    Away(process::Decoder),
}

impl Way {
    /// Takes a unit. One that is not `fit` for a decoder is lost; a process finds that out itself.
    pub fn push(&mut self, unit: &AccessUnit, fit: bool, pace: Pace) -> Result<(), Error> {
        match (self, pace) {
            (Way::Here(chain), _) if !fit => {
                chain.refuse(unit);
                Ok(())
            }
            (Way::Here(chain), Pace::Live) => chain.push(unit),
            (Way::Here(chain), Pace::File) => chain.push_blocking(unit),
            (Way::Away(decoder), Pace::Live) => decoder.push(unit),
            (Way::Away(decoder), Pace::File) => decoder.push_blocking(unit),
        }
    }

    /// Waits until everything pushed has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), Error> {
        match self {
            Way::Here(chain) => chain.flush(),
            Way::Away(decoder) => decoder.flush(),
        }
    }

    /// Returns since when nothing has come out for what was pushed, where no later output has told.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        match self {
            Way::Here(chain) => chain.lost(),
            Way::Away(decoder) => decoder.lost(),
        }
    }

    /// Returns how many units have not gone into a decoder of this process yet.
    pub fn waiting(&self) -> u64 {
        match self {
            Way::Here(chain) => chain.waiting(),
            Way::Away(_) => 0,
        }
    }
}
