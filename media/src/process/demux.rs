//! The server's side of a file that is read in a process.

use super::Process;
use super::wire::{Found, Order, Reader, Refusal};
use crate::file::{AudioTrack, Error, Message, Raw, Wanted};
use coach_core::MediaTime;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// The process reports by itself that a file makes no progress; the server waits this much longer for that report.
const LONGER: Duration = Duration::from_secs(15);

/// A file that is being read in a process.
#[derive(Debug)]
pub(crate) struct Demux {
    process: Process,
    generation: u64,
    found: Reader,
    duration: Option<MediaTime>,
    unsupported: Option<String>,
    audio: Vec<AudioTrack>,
}

impl Demux {
    pub fn start(process: &Process, file: &File, length: u64, wanted: Wanted) -> Result<Demux, Error> {
        let begin = || {
            let (found, theirs) = UnixStream::pair()?;
            found.set_read_timeout(Some(process.most_silence() + LONGER))?;
            let order = Order::File { length, wanted };
            let generation = process.order(None, &order, &[theirs.as_fd(), file.as_fd()])?;
            Ok((Reader::new(found), generation))
        };
        let (found, generation) =
            begin().map_err(|error: io::Error| Error::Ended(format!("it cannot be started: {error}")))?;
        Ok(Demux { process: process.clone(), generation, found, duration: None, unsupported: None, audio: Vec::new() })
    }

    /// Waits for the next message.
    pub fn next(&mut self) -> Result<Message, Error> {
        loop {
            let (found, data) = match self.found.next::<Found>() {
                Ok(Some(found)) => found,
                Ok(None) => return Err(Error::Ended(self.process.end_reason(self.generation))),
                Err(error) => {
                    // The process hangs, closed the socket within a message, or sent one that is invalid.
                    self.process.kill(self.generation);
                    let silent = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
                    if silent {
                        return Err(Error::Stalled);
                    }
                    return Err(Error::Ended(format!("{}: {error}", self.process.end_reason(self.generation))));
                }
            };
            return Ok(match found {
                Found::About { duration, unsupported, audio } => {
                    (self.duration, self.unsupported, self.audio) = (duration, unsupported, audio);
                    continue;
                }
                Found::Track(track, format) => Message::Track(track, format),
                Found::Turned(track, rotation) => Message::Turned(track, rotation),
                Found::Ready => Message::Ready,
                Found::Unit { track, pts_ns, order_ns, duration_ns, key } => {
                    Message::Unit(track, Raw { pts_ns, order_ns, duration_ns, key, data })
                }
                Found::Ended(track) => Message::Ended(track),
                Found::Cut => Message::Cut,
                Found::End => Message::End,
                Found::Refused(refusal) => return Err(refusal.into()),
            });
        }
    }

    /// Returns the coding of a track that is not supported. `None`: there is none.
    pub fn unsupported(&self) -> Option<String> {
        self.unsupported.clone()
    }

    /// The audio tracks that can be decoded, in the order of the file.
    pub fn audio_tracks(&self) -> Vec<AudioTrack> {
        self.audio.clone()
    }

    /// Returns the duration that the file states. `None`: it states none.
    pub fn duration(&self) -> Option<MediaTime> {
        self.duration
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        match error {
            Error::NotMedia => Refusal::NotMedia,
            Error::NoTracks => Refusal::NoTracks,
            Error::Encrypted => Refusal::Encrypted,
            Error::Unsupported(coding) => Refusal::Unsupported(coding),
            Error::Limit { what, is, most } => Refusal::Limit { what: what.into(), is, most },
            Error::Stalled => Refusal::Stalled,
            Error::Damaged(why) => Refusal::Damaged(why),
            error => Refusal::Damaged(error.to_string()),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        match refusal {
            Refusal::NotMedia => Error::NotMedia,
            Refusal::NoTracks => Error::NoTracks,
            Refusal::Encrypted => Error::Encrypted,
            Refusal::Unsupported(coding) => Error::Unsupported(coding),
            Refusal::Damaged(why) => Error::Damaged(why),
            Refusal::Limit { what, is, most } => {
                let known = ["it has", "its frames have", "a unit has"];
                let what = known.into_iter().find(|known| *known == what).unwrap_or("it has");
                Error::Limit { what, is, most }
            }
            Refusal::Stalled => Error::Stalled,
        }
    }
}
