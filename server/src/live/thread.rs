//! The thread of one live session: takes media items, writes the journal and gives out live messages. It waits only for its
//! next command.

mod dialogue;

pub use dialogue::{Unworded, Wording};

use super::inbox::{self, Gate, Queued};
use crate::analysis::journal_file::JournalFile;
use crate::analysis::models::Models;
use crate::analysis::observer::{Event, Observer, Options};
use crate::analysis::voice::other::{OtherEvent, OtherLane};
use crate::analysis::workers::Workers;
use coach_core::journal::{Calibration, Header, Line, Mark, MarkKind, Part, Stream};
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId};
use coach_insight::{Engine, Output};
use coach_media::{Formats, Item, Track};
use dialogue::{Dialogue, Next};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How far media time stays behind the clock while nobody publishes, ms. By then all media of the last publisher is decoded.
const SETTLED_AFTER_MS: i64 = 1_000;
/// Shortest time without a publisher that is written as one line of the journal, ms.
const GAP_LINE_MS: i64 = 1_000;
/// Longest wait for a command. Media time advances at least this often, also when nothing arrives.
const TICK: Duration = Duration::from_millis(50);

/// Time between two requests for a key frame while a decoder waits for one, ms: the first one or its answer may be lost.
const ASK_AGAIN_MS: i64 = 500;

/// How far media time stays behind the clock while no interviewer is there, who may come at any moment, and behind one whose audio does
/// not arrive, ms.
const OTHER_ABSENT_MS: i64 = 700;
const OTHER_LATE_MS: i64 = 1_500;

/// Longest wait for an answer of a decoder or a worker at the end of a session.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// A command to the thread of a session.
#[expect(
    clippy::large_enum_variant,
    reason = "it moves through one channel once; nearly all of it are items and answers"
)]
pub enum Command {
    /// A publishing begins; its media starts at the part's `offset` or later. `ask_for_key` asks the publisher for a key frame.
    Begin { part: Part, formats: Formats, ask_for_key: AskForKey },
    /// The next media item of the publishing.
    Item(Item),
    /// The publishing has ended; the session has not.
    Interrupted,
    /// An answer of a decoder or a worker.
    Answer(Event),
    /// The interviewer begins to publish; their media is stamped on the session's timeline.
    OtherBegins(Formats),
    /// The next audio of the interviewer.
    OtherItem(Item),
    /// The interviewer's publishing has ended.
    OtherEnds,
    /// An answer of the interviewer's decoder.
    OtherAnswer(OtherEvent),
    /// A mark of the page, at the current media time. `listens`: the page waits for what follows the end of the answer.
    Mark { what: MarkKind, question: Option<Question>, note: Option<String>, listens: bool },
    /// The further question that the engine gave at `t`, as a service of others words it; `None`: it did not.
    Worded { t: MediaTime, text: Option<String> },
    /// The current media time as the tap has measured it.
    Clock(Instant),
    /// Ends the thread at once; nothing more is written.
    Abandon,
    /// Drains the decoders and ends the thread. Answered with the report and the person's baseline as learnt in the session.
    Finish(oneshot::Sender<anyhow::Result<(Report, Calibration)>>),
}

/// A question of the session, as a mark carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Id of the question.
    pub id: String,
    /// The question as it is asked.
    pub text: String,
    /// Suggested length of the answer.
    pub suggested_ms: i64,
}

/// The beginning of the id of a question that is the interviewer's own.
const OWN: &str = "own-";

impl Question {
    /// Returns a question of the interviewer's own, which no other session has.
    pub fn own(text: String) -> Question {
        Question { id: format!("{OWN}{}", uuid::Uuid::new_v4().simple()), text, suggested_ms: 0 }
    }

    /// Returns the id by which answers to it are compared; `None` for the interviewer's own.
    pub fn bank_id(&self) -> Option<&str> {
        Some(self.id.as_str()).filter(|id| !id.starts_with(OWN))
    }
}

/// Asks the publisher of a part for a key frame. Returns at once.
pub type AskForKey = Box<dyn Fn() + Send>;

/// Takes the live messages of the thread. Is called on the thread, so it must not block.
pub type Publish = Box<dyn Fn(Output) + Send>;

/// What the thread of a session starts with.
pub struct Setup {
    /// The session that is analyzed.
    pub session: SessionId,
    /// The header of the journal. Its `started_us` is set when the first media comes.
    pub header: Header,
    /// The question that is asked at t = 0.
    pub first_question: Option<Question>,
    /// Path of the journal; an existing file is replaced.
    pub journal: PathBuf,
    /// The loaded models.
    pub models: Models,
    /// `None` without a face model.
    pub workers: Option<Arc<Workers>>,
    /// Takes the live messages.
    pub publish: Publish,
    /// Words further questions; `None`: they are asked as the engine words them.
    pub wording: Option<Wording>,
}

/// Sends commands to the thread of a session. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    /// The instant of t = 0; empty before the first media.
    clock: Arc<OnceLock<Instant>>,
    /// Bytes of media in the thread's inbox.
    queued: Queued,
}

impl Handle {
    /// Returns a gate for the items of one part. Only items that it admits may be sent to the thread.
    pub fn gate(&self) -> Gate {
        Gate::new(self.queued.clone(), inbox::BUDGET)
    }

    /// Sends a command. Never waits. A command to a thread that has ended is dropped.
    pub fn tell(&self, command: Command) {
        let _ = self.commands.send(command);
    }

    /// Returns the instant of t = 0; `None` before the first media.
    pub fn zero(&self) -> Option<Instant> {
        self.clock.get().copied()
    }

    /// Returns the current media time; `None` before the first media.
    pub fn now(&self) -> Option<MediaTime> {
        since_zero(&self.clock)
    }
}

/// Returns the media time that has passed since the clock's t = 0.
fn since_zero(clock: &OnceLock<Instant>) -> Option<MediaTime> {
    clock.get().map(|zero| MediaTime(zero.elapsed().as_millis() as i64))
}

/// Starts the thread of a session.
///
/// # Errors
/// The system starts no further thread.
pub fn start(setup: Setup) -> std::io::Result<Handle> {
    let (commands, inbox) = mpsc::channel();
    let clock = Arc::new(OnceLock::new());
    let queued = Queued::default();
    let handle = Handle { commands: commands.clone(), clock: clock.clone(), queued: queued.clone() };
    let name = setup.session.to_string();
    std::thread::Builder::new().name(format!("session-{}", &name[name.len() - 4..])).spawn(move || {
        // Every line that is logged on this thread says whose it is.
        let _span = tracing::info_span!("session", session = %setup.session).entered();
        let (of_other, of_wording) = (commands.clone(), commands.clone());
        let other =
            OtherLane::new(&setup.models, Arc::new(move |event| drop(of_other.send(Command::OtherAnswer(event)))));
        let post = Arc::new(move |event| drop(commands.send(Command::Answer(event))));
        let options = Options { rate_hz: setup.header.rate_hz, landmarks: false, words: true, live: true };
        let observer = Observer::new(&setup.models, setup.workers.as_ref(), options, post);
        // The first media comes a second or more after the offer, which is time enough for a process to start.
        observer.warm_up();
        SessionThread {
            setup,
            observer,
            other,
            engine: None,
            journal: None,
            clock,
            inbox,
            queued,
            dialogue: Dialogue::default(),
            commands: of_wording,
            unpublished: false,
            ask_for_key: None,
            asked_for_key: None,
        }
        .run();
    })?;
    Ok(handle)
}

/// The state of a session's thread.
struct SessionThread {
    setup: Setup,
    observer: Observer,
    other: OtherLane,
    /// Created when the first media comes, because the header holds the wall time of t = 0.
    engine: Option<Engine>,
    journal: Option<JournalFile>,
    clock: Arc<OnceLock<Instant>>,
    inbox: mpsc::Receiver<Command>,
    /// Bytes of media in the inbox.
    queued: Queued,
    dialogue: Dialogue,
    /// The sending end of the inbox, for whoever words a further question.
    commands: mpsc::Sender<Command>,
    /// Whether nobody publishes: true between two parts.
    unpublished: bool,
    /// Asks the present publisher for a key frame; `None` while nobody publishes.
    ask_for_key: Option<AskForKey>,
    /// Media time at which the present publisher was last asked for one.
    asked_for_key: Option<MediaTime>,
}

impl SessionThread {
    fn run(mut self) {
        loop {
            let first = self.inbox.recv_timeout(TICK);
            let mut finish = None;
            match first {
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Ok(command) => {
                    let mut next = Some(command);
                    while let Some(command) = next {
                        match command {
                            Command::Abandon => return,
                            Command::Finish(answer) => finish = Some(answer),
                            other => self.handle(other),
                        }
                        if finish.is_some() {
                            break;
                        }
                        next = self.inbox.try_recv().ok();
                    }
                }
            }
            if let Some(answer) = finish {
                let _ = answer.send(self.finish());
                return;
            }
            self.advance();
        }
    }

    fn now(&self) -> MediaTime {
        since_zero(&self.clock).unwrap_or(MediaTime::ZERO)
    }

    fn handle(&mut self, command: Command) {
        match command {
            Command::Begin { part, formats, ask_for_key } => {
                (self.ask_for_key, self.asked_for_key) = (Some(ask_for_key), None);
                self.begin(part, &formats);
            }
            Command::Item(item) => {
                self.queued.taken(&item);
                self.item(&item);
            }
            Command::Answer(event) => self.observer.event(event),
            Command::OtherBegins(formats) => {
                if let Err(error) = self.other.begin(&formats) {
                    tracing::error!(%error, "the interviewer's audio cannot be decoded; it is recorded only");
                }
            }
            Command::OtherItem(item) => self.other.item(&item, true),
            Command::OtherEnds => self.other.end(),
            Command::OtherAnswer(event) => self.other.event(event),
            Command::Interrupted => {
                self.observer.flush();
                (self.unpublished, self.ask_for_key) = (true, None);
            }
            Command::Mark { what, question, note, listens } => self.mark(what, question, note, listens),
            Command::Worded { t, text } => {
                if let Some(follow_up) = self.dialogue.worded(t, text) {
                    (self.setup.publish)(Output::FollowUp(follow_up));
                }
            }
            // The clock of the first part is used for the whole session.
            Command::Clock(zero) => drop(self.clock.set(zero)),
            Command::Abandon | Command::Finish(_) => {} // handled by the loop
        }
    }

    fn begin(&mut self, part: Part, formats: &Formats) {
        if std::mem::replace(&mut self.unpublished, false) {
            self.observer.nobody_until(part.offset, 1);
        }
        tracing::debug!(part = part.n, offset = %part.offset, "a part of a live session begins");
        if let Err(error) = self.observer.formats(formats) {
            tracing::error!(%error, "the media cannot be decoded; it is recorded only");
        }
    }

    /// Creates journal and engine when the first media has come, which sets the wall time of t = 0.
    fn open(&mut self) {
        self.setup.header.started_us = crate::clock::now_us() - self.now().ms() * 1000;
        match JournalFile::create(&self.setup.journal) {
            Ok(journal) => self.journal = Some(journal),
            // The recording continues, and the journal can be made from it later.
            Err(error) => tracing::error!(%error, "the journal cannot be written"),
        }
        self.engine = Some(Engine::new(self.setup.header.clone()));
        if let Some(question) = self.setup.first_question.clone() {
            self.mark(MarkKind::Question, Some(question), None, false);
        }
    }

    fn item(&mut self, item: &Item) {
        if self.engine.is_none() && matches!(item, Item::Unit(..)) {
            self.open();
        }
        self.observer.item(item);
        if let Item::Unit(Track::Video, unit) = item
            && self.observer.needs_key()
            && self.asked_for_key.is_none_or(|asked| unit.t - asked >= ASK_AGAIN_MS)
            && let Some(ask) = &self.ask_for_key
        {
            self.asked_for_key = Some(unit.t);
            ask();
        }
    }

    fn mark(&mut self, what: MarkKind, question: Option<Question>, note: Option<String>, listens: bool) {
        let now = self.now();
        let Some(engine) = &mut self.engine else {
            // The person chose the question before the first media came: it becomes the first question.
            if what == MarkKind::Question {
                self.setup.first_question = question;
            }
            return;
        };
        // The first question counts from t = 0, even when its mark comes later.
        let t = if !self.dialogue.has_begun() && what == MarkKind::Question { MediaTime::ZERO } else { now };
        let Some(note) = self.dialogue.mark(what, question.as_ref(), note, listens) else { return };
        let mark = match question {
            Some(q) => Mark {
                t,
                what,
                question_id: q.bank_id().map(str::to_owned),
                question: Some(q.text),
                suggested_ms: Some(q.suggested_ms).filter(|ms| *ms > 0),
            },
            None => Mark { t, what, question: note, question_id: None, suggested_ms: None },
        };
        engine.observe(Line::Mark(mark));
    }

    /// Passes new lines to the engine, and the engine's output to the journal and to the publisher of live messages.
    fn advance(&mut self) {
        if self.engine.is_none() {
            return;
        }
        let now = self.now();
        if self.unpublished {
            self.observer.nobody_until(now - SETTLED_AFTER_MS, GAP_LINE_MS);
        }
        // A track that is absent or has ended must not hold up media time; the next part may bring it back.
        let [seen, heard] = [Stream::Face, Stream::Voice].map(|stream| match self.observer.is_over(stream) {
            true => now - SETTLED_AFTER_MS,
            false => self.observer.known_until(stream),
        });
        let words = self.observer.words_until(heard);
        let Some(engine) = &mut self.engine else { return };
        self.observer.take_lines().for_each(|line| engine.observe(line));
        let other = match self.other.is_active() {
            true => self.other.known_until().max(now - OTHER_LATE_MS),
            false => now - OTHER_ABSENT_MS,
        };
        self.other.take_lines().for_each(|line| engine.observe(line));
        engine.advance(Stream::Other, other);
        engine.advance(Stream::Words, words);
        engine.advance(Stream::Face, seen);
        engine.advance(Stream::Voice, heard);
        engine.advance(Stream::Marks, now);
        while let Some(output) = engine.poll() {
            if let Output::Hint(hint) = &output {
                let late_ms = (now - hint.t).max(0) as f64;
                metrics::histogram!("coach_hint_seconds").record(late_ms / 1000.0);
            }
            let output = match output {
                Output::FollowUp(follow_up) => {
                    let answer = self.setup.wording.as_ref().and_then(|_| engine.last_answer());
                    match self.dialogue.follow(follow_up, answer) {
                        Next::Tell(follow_up) => Output::FollowUp(follow_up),
                        Next::Word(unworded) => {
                            SessionThread::word(&self.setup, &self.commands, unworded);
                            continue;
                        }
                    }
                }
                output => output,
            };
            SessionThread::hand_out(&mut self.journal, &self.setup.publish, output);
        }
        if let Some(journal) = &mut self.journal {
            journal.tick();
        }
    }

    /// Lets a service word a further question.
    fn word(setup: &Setup, commands: &mpsc::Sender<Command>, unworded: Unworded) {
        let (commands, t) = (commands.clone(), unworded.t);
        if let Some(wording) = &setup.wording {
            wording(unworded, Box::new(move |text| drop(commands.send(Command::Worded { t, text }))));
        }
    }

    /// Writes an accepted line to the journal, and publishes any other output.
    fn hand_out(journal: &mut Option<JournalFile>, publish: &Publish, output: Output) {
        if let Output::Accepted(line) = &output {
            if let Some(file) = journal {
                file.write(line);
            }
        } else {
            publish(output);
        }
    }

    /// Drains the decoders, closes the journal and returns the report and the learnt baseline.
    ///
    /// # Errors
    /// No media came, or the journal is not whole.
    fn finish(mut self) -> anyhow::Result<(Report, Calibration)> {
        self.observer.end();
        self.other.end();
        let is_over = |of: &Observer| [Stream::Face, Stream::Voice, Stream::Words].into_iter().all(|s| of.is_over(s));
        while !is_over(&self.observer) || self.other.is_active() {
            match self.inbox.recv_timeout(ANSWER_WITHIN) {
                Ok(Command::Answer(event)) => self.observer.event(event),
                Ok(Command::OtherAnswer(event)) => self.other.event(event),
                Ok(_) => {}
                Err(_) => {
                    tracing::error!("a decoder or a worker does not answer; the report is made without it");
                    self.observer.give_up();
                    break;
                }
            }
        }
        self.observer.words_until(MediaTime(i64::MAX));
        let mut engine = self.engine.take().ok_or_else(|| anyhow::anyhow!("no media came"))?;
        self.observer.take_lines().for_each(|line| engine.observe(line));
        self.other.take_lines().for_each(|line| engine.observe(line));
        let learnt = engine.learnt();
        let (outputs, report) = engine.finish();
        for output in outputs {
            SessionThread::hand_out(&mut self.journal, &self.setup.publish, output);
        }
        let journal = self.journal.take().ok_or_else(|| anyhow::anyhow!("the journal could not be created"))?;
        journal.close()?;
        Ok((report, learnt))
    }
}
