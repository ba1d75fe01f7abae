//! The place where a file is taken apart: this process, or one of its own.

use super::Error;
use super::demux::{AudioTrack, Demux, Message};
use crate::process;
use coach_core::MediaTime;

/// The place where the file is read.
pub(super) enum Taking {
    Here(Demux),
    Away(process::Demux),
}

impl Taking {
    pub fn next(&mut self) -> Result<Message, Error> {
        match self {
            Taking::Here(demux) => demux.next(),
            Taking::Away(demux) => demux.next(),
        }
    }

    pub fn unsupported(&self) -> Option<String> {
        match self {
            Taking::Here(demux) => demux.unsupported(),
            Taking::Away(demux) => demux.unsupported(),
        }
    }

    pub fn duration(&self) -> Option<MediaTime> {
        match self {
            Taking::Here(demux) => demux.duration(),
            Taking::Away(demux) => demux.duration(),
        }
    }

    pub fn audio_tracks(&self) -> Vec<AudioTrack> {
        match self {
            Taking::Here(demux) => demux.audio_tracks(),
            Taking::Away(demux) => demux.audio_tracks(),
        }
    }
}
