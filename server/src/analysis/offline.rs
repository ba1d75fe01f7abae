//! The file path: a file through the same causal path as a live session.

use super::header;
use super::models::Models;
use super::observer::{Event, Observer, Options};
use super::workers::Workers;
use crate::config::Config;
use crate::store::sessions::Session;
use coach_core::MediaTime;
use coach_core::frame::Rotation;
use coach_core::journal::{self, Capture, Header, HintSettings, Line, MarkKind, Source, Stream};
use coach_core::report::Report;
use coach_insight::journal::{Reader, Writer};
use coach_insight::{Engine, Output};
use coach_media::process::Decoding;
use coach_media::{Format, file};
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How a file is analysed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Analysed frames per second; 0 = every frame.
    pub rate_hz: u32,
    pub landmarks: bool,
    pub affect: bool,
    pub hints: HintSettings,
    pub limits: file::Limits,
    /// What a journal of the same session says about it: owner, start, calibration, marks. `None`: one answer, no calibration.
    pub about: Option<FileContext>,
    /// Of the device check, where `about` tells none.
    pub calibration: Option<journal::Calibration>,
}

impl Settings {
    /// Of a session's recording, as its owner and the operator want it.
    pub fn of(config: &Config, session: &Session, about: FileContext) -> Settings {
        Settings {
            rate_hz: config.media.analysed_hz,
            landmarks: false,
            affect: session.affect,
            hints: session.hints.clone(),
            limits: file::Limits::default(),
            about: Some(about),
            calibration: None,
        }
    }
}

/// What is known about a session beside its media.
#[derive(Debug, Clone)]
pub struct FileContext {
    pub header: Header,
    pub marks: Vec<journal::Mark>,
}

impl FileContext {
    /// From an earlier journal, as far as it is whole.
    ///
    /// # Errors
    /// It cannot be read, or has no header.
    pub fn from_journal(path: &Path) -> Result<FileContext, coach_insight::journal::Error> {
        let (header, lines) = Reader::open(BufReader::new(File::open(path)?))?;
        let marks = lines.filter_map(|line| match line {
            Line::Mark(mark) => Some(mark),
            _ => None,
        });
        Ok(FileContext { header, marks: marks.collect() })
    }

    /// One of which no journal tells: its first question was asked at its beginning.
    pub fn unmarked(models: &Models, config: &Config, session: &Session) -> FileContext {
        let first = session.questions.first().map(|question| journal::Mark {
            t: MediaTime::ZERO,
            what: MarkKind::Question,
            question: Some(question.text.clone()),
            question_id: Some(question.id.clone()),
            suggested_ms: Some(question.suggested_ms),
        });
        FileContext { header: header::live(models, config, session), marks: first.into_iter().collect() }
    }
}

/// Why a file was not analysed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    File(#[from] file::Error),
    #[error("it can be read, but not decoded here: {0}")]
    Decode(#[from] coach_media::decode::Error),
    #[error("the analysis was cancelled")]
    Cancelled,
    /// What takes the journal's lines failed.
    #[error("the journal cannot be written: {0}")]
    Journal(#[from] std::io::Error),
}

/// What a file's analysis needs from outside.
pub struct Environment<'a> {
    pub models: &'a Models,
    /// `None` without a face model.
    pub workers: Option<&'a Arc<Workers>>,
    /// Called now and then with the share that is done, 0 to 1; false cancels.
    pub progress: &'a mut dyn FnMut(f32) -> bool,
    /// Takes the journal, line by line, in order.
    pub journal: &'a mut dyn FnMut(&Line) -> std::io::Result<()>,
}

/// Analyses a file. Takes as long as it takes: call it from a thread that may wait.
///
/// # Errors
/// The file is not media, is over the limits or cannot be decoded; the caller cancelled; the journal cannot be written.
pub fn analyze(path: &Path, settings: &Settings, environment: Environment<'_>) -> Result<Report, Error> {
    let decoding = Decoding::new();
    let mut source = decoding.open(path, settings.limits)?;
    let length = source.duration().map(|d| d.ms()).filter(|&ms| ms > 0);
    let mut run = Run::new(header(settings, environment.models, &source), settings, environment);
    run.observer.decode_in(&decoding);
    run.observer.formats(source.formats())?;
    let (mut asked_ms, started) = (0, Instant::now());
    while let Some(item) = source.next()? {
        run.observer.item(&item);
        run.turn(false)?;
        let ms = item.t().map_or(0, |t| t.ms());
        if started.elapsed() > LEEWAY + Duration::from_millis(asked_ms.max(ms).unsigned_abs()) * MOST_TIMES {
            return Err(file::Error::Stalled.into());
        }
        if ms - asked_ms >= ASK_MS {
            asked_ms = ms;
            // A file that does not say how long it is stays at its beginning.
            let share = length.map_or(0.0, |length| (ms as f32 / length as f32).clamp(0.0, 1.0));
            if !(run.environment.progress)(share) {
                return Err(Error::Cancelled);
            }
        }
    }
    run.observer.end();
    while ![Stream::Face, Stream::Voice, Stream::Words].into_iter().all(|s| run.observer.is_over(s)) {
        run.turn(true)?;
    }
    run.finish()
}

/// Analyses a file and leaves its journal at `journal`: whole, or as it was before.
///
/// # Errors
/// As [`analyze`].
pub fn analyze_to(
    path: &Path,
    settings: &Settings,
    models: &Models,
    workers: Option<&Arc<Workers>>,
    journal: &Path,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Result<Report, Error> {
    let part = journal.with_extension("jsonl.part");
    let mut lines = Writer::new(BufWriter::with_capacity(256 * 1024, File::create(&part)?));
    let report =
        analyze(path, settings, Environment { models, workers, progress, journal: &mut |line| lines.write(line) })?;
    lines.flush()?;
    lines.get_ref().get_ref().sync_all()?;
    std::fs::rename(&part, journal)?;
    Ok(report)
}

/// The header of the file's journal: the session's where one is known, so that both paths judge by the same.
fn header(settings: &Settings, models: &Models, source: &file::Source) -> Header {
    let (width, height) = source.formats().video.as_ref().map_or((0, 0), picture_size);
    let about = settings.about.as_ref().map(|s| &s.header);
    Header {
        version: journal::VERSION,
        source: Source::File,
        started_us: about.map_or(0, |h| h.started_us),
        owner: about.map(|h| h.owner.clone()).unwrap_or_default(),
        models: models.describe(),
        rate_hz: settings.rate_hz,
        capture: about.map(|h| h.capture).filter(|capture| *capture != Capture::default()).unwrap_or(Capture {
            width,
            height,
            ..Capture::default()
        }),
        calibration: about.and_then(|h| h.calibration).or(settings.calibration),
        hints: about.map_or_else(|| settings.hints.clone(), |h| h.hints.clone()),
        affect: about.map_or(settings.affect, |h| h.affect),
        parts: about.map_or_else(|| vec![journal::Part { n: 0, offset: MediaTime::ZERO }], |h| h.parts.clone()),
    }
}

/// Width and height of the upright picture, as far as the container tells; 0 where it does not.
fn picture_size(format: &Format) -> (u32, u32) {
    let number = |name: &str| {
        let (_, rest) = format.caps.split_once(name)?;
        rest.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
    };
    let (width, height) = (number("width=(int)").unwrap_or(0), number("height=(int)").unwrap_or(0));
    match format.rotation {
        Rotation::None | Rotation::Half => (width, height),
        Rotation::Clockwise90 | Rotation::Clockwise270 => (height, width),
    }
}

/// An analysis may take this long, and so many times as long as the media it has come through: beyond it the file costs
/// more than any real one does.
const LEEWAY: Duration = Duration::from_secs(600);
const MOST_TIMES: u32 = 10;

/// Media time between two questions whether to go on, milliseconds.
const ASK_MS: i64 = 200;

/// Frames that may be under way to the worker: enough to keep it busy, few enough to bound memory.
const UNDER_WAY: usize = 4;

struct Run<'a> {
    observer: Observer,
    events: mpsc::Receiver<Event>,
    engine: Engine,
    environment: Environment<'a>,
}

impl<'a> Run<'a> {
    fn new(header: Header, settings: &Settings, environment: Environment<'a>) -> Run<'a> {
        let (post, events) = mpsc::channel();
        let options = Options { rate_hz: settings.rate_hz, landmarks: settings.landmarks, words: true, live: false };
        let post = Arc::new(move |event| drop(post.send(event)));
        let observer = Observer::new(environment.models, environment.workers, options, post);
        let mut engine = Engine::new(header);
        // All marks are known beforehand.
        for mark in settings.about.iter().flat_map(|s| &s.marks) {
            engine.observe(Line::Mark(mark.clone()));
        }
        engine.end(Stream::Marks);
        Run { observer, events, engine, environment }
    }

    /// Delivers what has been answered, and hands lines and progress to the engine. With `wait` at least one answer is waited for.
    fn turn(&mut self, wait: bool) -> Result<(), Error> {
        let mut wait = wait || self.observer.under_way() >= UNDER_WAY;
        loop {
            let event = if wait { self.events.recv().ok() } else { self.events.try_recv().ok() };
            let Some(event) = event else { break };
            self.observer.event(event);
            wait = self.observer.under_way() >= UNDER_WAY;
        }
        let voice_over = self.observer.is_over(Stream::Voice);
        let heard = if voice_over { MediaTime(i64::MAX) } else { self.observer.known_until(Stream::Voice) };
        let words = self.observer.words_until(heard);
        for line in self.observer.take_lines() {
            self.engine.observe(line);
        }
        self.engine.advance(Stream::Words, words);
        for stream in [Stream::Face, Stream::Voice] {
            if self.observer.is_over(stream) {
                self.engine.end(stream);
            } else {
                self.engine.advance(stream, self.observer.known_until(stream));
            }
        }
        while let Some(output) = self.engine.poll() {
            self.write(&output)?;
        }
        Ok(())
    }

    fn finish(self) -> Result<Report, Error> {
        let Run { engine, environment, .. } = self;
        let (outputs, report) = engine.finish();
        for output in &outputs {
            if let Output::Accepted(line) = output {
                (environment.journal)(line)?;
            }
        }
        (environment.progress)(1.0);
        Ok(report)
    }

    fn write(&mut self, output: &Output) -> Result<(), Error> {
        if let Output::Accepted(line) = output {
            (self.environment.journal)(line)?;
        }
        Ok(())
    }
}
