//! The thread of one live session: items in, journal and live messages out. It never waits for anything but its next command.

use super::inbox::{self, Gate, Queued};
use crate::analysis::journal_file::JournalFile;
use crate::analysis::models::Models;
use crate::analysis::observer::{Event, Observer, Options};
use crate::analysis::workers::Workers;
use coach_core::journal::{Calibration, Header, Line, Mark, MarkKind, Part, Stream};
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId};
use coach_insight::{Engine, Output};
use coach_media::{Formats, Item};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How far media time stays behind the clock while nobody publishes: what the last publisher sent is through by then.
const SETTLED_AFTER_MS: i64 = 1_000;
/// … and how much of such a time makes a line of the journal.
const SAID_EVERY_MS: i64 = 1_000;
/// Media time goes on at least this often, so that a silent line does not hold up what is known.
const TICK: Duration = Duration::from_millis(50);

/// Decoders and workers that are silent this long at the end have failed.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// What a session's thread is told.
#[expect(
    clippy::large_enum_variant,
    reason = "it moves through one channel once; nearly all of it are items and answers"
)]
pub enum Command {
    /// A publishing begins; its media starts at `offset` or later.
    Begin {
        part: Part,
        formats: Formats,
    },
    Item(Item),
    /// The publishing is over, but the session is not.
    Interrupted,
    Answer(Event),
    /// Something the page said; it counts from now.
    Mark {
        what: MarkKind,
        question: Option<Question>,
        note: Option<String>,
    },
    /// Media time of this moment, as the tap has found it.
    Clock(MediaTime),
    /// Ends at once and writes nothing more.
    Abandon,
    /// The end: drains everything, answers with the report and with what was learnt about the person.
    Finish(oneshot::Sender<anyhow::Result<(Report, Calibration)>>),
}

/// What is asked, as a mark carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: String,
    pub text: String,
    pub suggested_ms: i64,
}

/// What the thread says while it runs.
pub type Publish = Box<dyn Fn(Output) + Send>;

/// Everything the thread needs.
pub struct Setup {
    pub session: SessionId,
    /// `started_us` is filled in when the first media comes.
    pub header: Header,
    pub first_question: Option<Question>,
    pub journal: PathBuf,
    pub models: Models,
    pub workers: Option<Arc<Workers>>,
    pub publish: Publish,
}

/// The way to the thread.
#[derive(Clone)]
pub struct Handle {
    commands: mpsc::Sender<Command>,
    clock: Arc<OnceLock<Instant>>,
    queued: Queued,
}

impl Handle {
    /// Returns a gate for the items of one part: only what it admits is to be told.
    pub fn gate(&self) -> Gate {
        Gate::new(self.queued.clone(), inbox::BUDGET)
    }

    /// Never waits. A thread that is gone hears nothing; its end is known elsewhere.
    pub fn tell(&self, command: Command) {
        let _ = self.commands.send(command);
    }

    /// Media time of this moment; `None` before the first media.
    pub fn now(&self) -> Option<MediaTime> {
        since_zero(&self.clock)
    }
}

fn since_zero(clock: &OnceLock<Instant>) -> Option<MediaTime> {
    clock.get().map(|zero| MediaTime(zero.elapsed().as_millis() as i64))
}

/// Starts the thread of a session.
///
/// # Errors
/// No thread can be made.
pub fn start(setup: Setup) -> std::io::Result<Handle> {
    let (commands, inbox) = mpsc::channel();
    let clock = Arc::new(OnceLock::new());
    let queued = Queued::default();
    let handle = Handle { commands: commands.clone(), clock: clock.clone(), queued: queued.clone() };
    let name = setup.session.to_string();
    std::thread::Builder::new().name(format!("session-{}", &name[name.len() - 4..])).spawn(move || {
        let post = Arc::new(move |event| drop(commands.send(Command::Answer(event))));
        let options = Options { rate_hz: setup.header.rate_hz, landmarks: false, words: true, live: true };
        let observer = Observer::new(&setup.models, setup.workers.as_ref(), options, post);
        SessionThread {
            setup,
            observer,
            engine: None,
            journal: None,
            clock,
            inbox,
            queued,
            asked: None,
            nobody: false,
        }
        .run();
    })?;
    Ok(handle)
}

struct SessionThread {
    setup: Setup,
    observer: Observer,
    /// Made when the first media comes: the header holds the wall time of t = 0.
    engine: Option<Engine>,
    journal: Option<JournalFile>,
    clock: Arc<OnceLock<Instant>>,
    inbox: mpsc::Receiver<Command>,
    /// Bytes of media in the inbox.
    queued: Queued,
    /// Id of the question being answered.
    asked: Option<String>,
    /// Between two parts.
    nobody: bool,
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
                            other => self.obey(other),
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
            self.turn();
        }
    }

    fn now(&self) -> MediaTime {
        since_zero(&self.clock).unwrap_or(MediaTime::ZERO)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Begin { part, formats } => self.begin(part, &formats),
            Command::Item(item) => {
                self.queued.taken(&item);
                self.item(&item);
            }
            Command::Answer(event) => self.observer.event(event),
            Command::Interrupted => {
                self.observer.flush();
                self.nobody = true;
            }
            Command::Mark { what, question, note } => self.mark(what, question, note),
            Command::Clock(now) => {
                let since_zero = Duration::from_millis(now.ms().max(0).unsigned_abs());
                // The clock of the first part counts for the whole session.
                let _ = self.clock.set(Instant::now().checked_sub(since_zero).unwrap_or_else(Instant::now));
            }
            Command::Abandon | Command::Finish(_) => {} // taken by the loop
        }
    }

    fn begin(&mut self, part: Part, formats: &Formats) {
        if std::mem::replace(&mut self.nobody, false) {
            self.observer.nobody_until(part.offset, 1);
        }
        tracing::debug!(session = %self.setup.session, part = part.n, offset = %part.offset, "part begins");
        if let Err(error) = self.observer.formats(formats) {
            tracing::error!(%error, session = %self.setup.session, "the media cannot be decoded; it is recorded all the same");
        }
    }

    /// The first media is here: the engine's header holds the wall time of t = 0.
    fn open(&mut self) {
        self.setup.header.started_us = crate::clock::now_us() - self.now().ms() * 1000;
        match JournalFile::create(&self.setup.journal) {
            Ok(journal) => self.journal = Some(journal),
            // The recording goes on, and the journal can be made again from it.
            Err(error) => tracing::error!(%error, session = %self.setup.session, "the journal cannot be written"),
        }
        self.engine = Some(Engine::new(self.setup.header.clone()));
        if let Some(question) = self.setup.first_question.clone() {
            self.mark(MarkKind::Question, Some(question), None);
        }
    }

    fn item(&mut self, item: &Item) {
        if self.engine.is_none() && matches!(item, Item::Unit(..)) {
            self.open();
        }
        self.observer.item(item);
    }

    fn mark(&mut self, what: MarkKind, question: Option<Question>, note: Option<String>) {
        let now = self.now();
        let Some(engine) = &mut self.engine else {
            // Chosen while the connection was being made: it is what will be answered first.
            if what == MarkKind::Question {
                self.setup.first_question = question;
            }
            return;
        };
        // The first question is asked at t = 0, whatever the wall says by now.
        let t = if self.asked.is_none() && what == MarkKind::Question { MediaTime::ZERO } else { now };
        match what {
            // A page that reconnects says again what is being answered.
            MarkKind::Question if question.as_ref().map(|q| &q.id) == self.asked.as_ref() => return,
            MarkKind::Question => self.asked = question.as_ref().map(|q| q.id.clone()),
            MarkKind::AnswerEnd => self.asked = Some(String::new()),
            _ => {}
        }
        let mark = match question {
            Some(q) => {
                Mark { t, what, question: Some(q.text), question_id: Some(q.id), suggested_ms: Some(q.suggested_ms) }
            }
            None => Mark { t, what, question: note, question_id: None, suggested_ms: None },
        };
        engine.observe(Line::Mark(mark));
    }

    /// Hands what is known to the engine and what it says to journal and hub.
    fn turn(&mut self) {
        if self.engine.is_none() {
            return;
        }
        let now = self.now();
        if self.nobody {
            self.observer.nobody_until(now - SETTLED_AFTER_MS, SAID_EVERY_MS);
        }
        let known = [Stream::Face, Stream::Voice].map(|s| (s, self.observer.is_over(s), self.observer.known_until(s)));
        let heard = known.iter().find(|(stream, ..)| *stream == Stream::Voice);
        let words =
            self.observer.words_until(heard.map_or(now, |&(_, over, t)| if over { now - SETTLED_AFTER_MS } else { t }));
        let Some(engine) = &mut self.engine else { return };
        self.observer.take_lines().for_each(|line| engine.observe(line));
        engine.advance(Stream::Words, words);
        for (stream, over, until) in known {
            // A track that was never offered says nothing; one that ended may come back with the next part.
            engine.advance(stream, if over { now - SETTLED_AFTER_MS } else { until });
        }
        engine.advance(Stream::Marks, now);
        while let Some(output) = engine.poll() {
            if let Output::Hint(hint) = &output {
                let late_ms = (now - hint.t).max(0) as f64;
                metrics::histogram!("coach_hint_seconds").record(late_ms / 1000.0);
            }
            SessionThread::say(&mut self.journal, &self.setup.publish, output);
        }
        if let Some(journal) = &mut self.journal {
            journal.tick();
        }
    }

    fn say(journal: &mut Option<JournalFile>, publish: &Publish, output: Output) {
        if let Output::Accepted(line) = &output {
            if let Some(file) = journal {
                file.write(line);
            }
        } else {
            publish(output);
        }
    }

    fn finish(mut self) -> anyhow::Result<(Report, Calibration)> {
        self.observer.end();
        while ![Stream::Face, Stream::Voice, Stream::Words].into_iter().all(|s| self.observer.is_over(s)) {
            match self.inbox.recv_timeout(ANSWER_WITHIN) {
                Ok(Command::Answer(event)) => self.observer.event(event),
                Ok(_) => {}
                Err(_) => {
                    tracing::error!(session = %self.setup.session, "a decoder or a worker does not answer; the report goes without it");
                    break;
                }
            }
        }
        self.observer.words_until(MediaTime(i64::MAX));
        let mut engine = self.engine.take().ok_or_else(|| anyhow::anyhow!("no media came"))?;
        self.observer.take_lines().for_each(|line| engine.observe(line));
        let learnt = engine.learnt();
        let (outputs, report) = engine.finish();
        for output in outputs {
            SessionThread::say(&mut self.journal, &self.setup.publish, output);
        }
        let journal = self.journal.take().ok_or_else(|| anyhow::anyhow!("there is no journal"))?;
        journal.close()?;
        Ok((report, learnt))
    }
}
