//! The file path: analyzes a file with the same observer and engine as a live session.

pub mod audio_track;
pub mod speech;

use super::header;
use super::models::Models;
use super::observer::{Event, Observer, Options};
use super::voice::other;
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
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How a file is analyzed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Analyzed frames per second; 0 = every frame.
    pub rate_hz: u32,
    /// Whether all landmarks are written into the journal.
    pub landmarks: bool,
    /// Whether feelings (valence, arousal) are estimated.
    pub affect: bool,
    /// Which hints the engine gives.
    pub hints: HintSettings,
    /// Limits of what is read from the file.
    pub limits: file::Limits,
    /// What a journal of the same session says about it: owner, start, calibration, marks. `None`: one answer, no calibration.
    pub about: Option<FileContext>,
    /// A baseline that is used when `about` has none.
    pub calibration: Option<journal::Calibration>,
    /// The interviewer's recording on the same timeline; `None`: there is none.
    pub interviewer: Option<PathBuf>,
    /// Wall time that the analysis may take beyond ten times the media it has come through.
    pub leeway: Duration,
}

impl Settings {
    /// Returns the settings for a session's recording, from the choices of its owner and the server's configuration.
    pub fn of(config: &Config, session: &Session, about: FileContext) -> Settings {
        Settings {
            rate_hz: config.media.analyzed_hz,
            landmarks: false,
            affect: session.affect,
            hints: session.hints.clone(),
            limits: file::Limits::default(),
            about: Some(about),
            calibration: None,
            interviewer: None,
            leeway: config.jobs.leeway(),
        }
    }
}

/// What is known about a session beside its media.
#[derive(Debug, Clone)]
pub struct FileContext {
    /// The header of the session's journal.
    pub header: Header,
    /// The marks of its page.
    pub marks: Vec<journal::Mark>,
}

impl FileContext {
    /// Reads header and marks from an earlier journal, up to the first line that is not whole.
    ///
    /// # Errors
    /// The journal cannot be read, or has no header.
    pub fn from_journal(path: &Path) -> Result<FileContext, coach_insight::journal::Error> {
        let (header, lines) = Reader::open(BufReader::new(File::open(path)?))?;
        let marks = lines.filter_map(|line| match line {
            Line::Mark(mark) => Some(mark),
            _ => None,
        });
        Ok(FileContext { header, marks: marks.collect() })
    }

    /// Returns the context of a session without a journal: its first question is asked at t = 0.
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

/// Why a file was not analyzed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read as media, or is over the limits.
    #[error(transparent)]
    File(#[from] file::Error),
    /// A format in it has no decoder here.
    #[error("it can be read, but not decoded here: {0}")]
    Decode(#[from] coach_media::decode::Error),
    /// The analysis was over [`Settings::leeway`].
    #[error("the analysis took far longer than the file lasts and was given up; the file may be damaged")]
    OverTime,
    /// `progress` returned false.
    #[error("the analysis was cancelled")]
    Cancelled,
    /// A line of the journal was not taken.
    #[error("the journal cannot be written: {0}")]
    Journal(#[from] std::io::Error),
}

/// What the analysis of a file works with.
pub struct Environment<'a> {
    /// The loaded models.
    pub models: &'a Models,
    /// `None` without a face model.
    pub workers: Option<&'a Arc<Workers>>,
    /// Called every 200 ms of media with the share that is done, 0 to 1. Returning false cancels the analysis.
    pub progress: &'a mut dyn FnMut(f32) -> bool,
    /// Takes the lines of the journal, in order.
    pub journal: &'a mut dyn FnMut(&Line) -> std::io::Result<()>,
}

impl Environment<'_> {
    /// Writes an accepted line to the journal; other output is not needed for a file.
    fn write(&mut self, output: &Output) -> std::io::Result<()> {
        match output {
            Output::Accepted(line) => (self.journal)(line),
            _ => Ok(()),
        }
    }
}

/// Analyzes a file and returns its report. Blocks until the whole file is analyzed.
///
/// # Errors
/// The file is not media, is over the limits or cannot be decoded; no time is left; the caller cancelled; the journal cannot be
/// written.
pub fn analyze(path: &Path, settings: &Settings, environment: Environment<'_>) -> Result<Report, Error> {
    let decoding = Decoding::new();
    let activity = || environment.models.activity();
    let (mut source, chosen) = audio_track::open(&decoding, path, settings.limits, &activity)?;
    let length = source.duration().map(|d| d.ms()).filter(|&ms| ms > 0);
    let mut run = Run::new(header(settings, environment.models, &source), settings, environment);
    run.observer.decode_in(&decoding);
    run.observer.formats(source.formats())?;
    if let Some(chosen) = chosen {
        run.notice(MediaTime::ZERO, &chosen);
    }
    if let Some(interviewer) = &settings.interviewer {
        run.interviewer(interviewer, settings.limits);
    }
    run.engine.end(Stream::Other);
    let mut asked_ms = 0;
    while let Some(item) = source.next()? {
        run.observer.item(&item);
        run.read = run.read.max(item.t().unwrap_or(MediaTime::ZERO));
        let ms = item.t().map_or(0, |t| t.ms());
        run.allowed.reached(ms);
        run.advance(false)?;
        if ms - asked_ms >= ASK_MS {
            asked_ms = ms;
            // A file that does not say how long it is stays at its beginning.
            let share = length.map_or(0.0, |length| (ms as f32 / length as f32).clamp(0.0, 1.0));
            if !(run.environment.progress)(share) {
                return Err(Error::Cancelled);
            }
        }
    }
    for notice in source.notices() {
        run.notice(run.read, &notice);
    }
    run.engine.end(Stream::Marks);
    run.observer.end();
    while ![Stream::Face, Stream::Voice, Stream::Words].into_iter().all(|s| run.observer.is_over(s)) {
        run.advance(true)?;
    }
    run.finish()
}

/// Analyzes a file, writes its journal to the path `journal` and returns its report. Blocks until the whole file is analyzed. On
/// an error the file at `journal` is left as it was.
///
/// # Errors
/// The errors of [`analyze`], or the journal cannot be created.
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
    let environment = Environment { models, workers, progress, journal: &mut |line| lines.write(line) };
    let report = analyze(path, settings, environment).inspect_err(|_| {
        // Half a journal is of no use, and the folder may be the caller's own.
        let _ = std::fs::remove_file(&part);
    })?;
    lines.flush()?;
    lines.get_ref().get_ref().sync_all()?;
    std::fs::rename(&part, journal)?;
    Ok(report)
}

/// Returns the header of the file's journal: the session's where one is known, so that both paths have the same input.
fn header(settings: &Settings, models: &Models, source: &file::Source) -> Header {
    let (width, height) = source.formats().video.as_ref().map_or((0, 0), frame_size);
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
        room: about.is_some_and(|h| h.room),
    }
}

/// Returns width and height of an upright frame in pixels, as the container gives them; 0 where it does not.
fn frame_size(format: &Format) -> (u32, u32) {
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

/// Time that an analysis may take for the media it has come through, as a multiple of that media's length. Beyond it and the
/// leeway the file costs more than any real one does.
const MOST_TIMES: u32 = 10;

/// The wall time that one analysis may take.
struct Allowed {
    started: Instant,
    leeway: Duration,
    /// Media time that it has come to, milliseconds.
    reached_ms: i64,
}

impl Allowed {
    fn begin(leeway: Duration) -> Allowed {
        Allowed { started: Instant::now(), leeway, reached_ms: 0 }
    }

    /// Notes that the analysis has come to this media time, in milliseconds.
    fn reached(&mut self, ms: i64) {
        self.reached_ms = self.reached_ms.max(ms);
    }

    /// Returns how much time is left.
    ///
    /// # Errors
    /// [`Error::OverTime`]: none is.
    fn left(&self) -> Result<Duration, Error> {
        let most = self.leeway + Duration::from_millis(self.reached_ms.max(0).unsigned_abs()) * MOST_TIMES;
        most.checked_sub(self.started.elapsed()).ok_or(Error::OverTime)
    }

    /// Waits for the next event as long as time is left.
    ///
    /// # Errors
    /// [`Error::OverTime`]: there was none in that time.
    fn wait<E>(&self, events: &mpsc::Receiver<E>) -> Result<E, Error> {
        events.recv_timeout(self.left()?).map_err(|_| Error::OverTime)
    }
}

/// Media time between two questions whether to go on, milliseconds.
const ASK_MS: i64 = 200;

/// Frames that may wait for the worker: enough to keep it busy, few enough to limit memory.
const UNDER_WAY: usize = 4;

/// The state of one analysis.
struct Run<'a> {
    observer: Observer,
    events: mpsc::Receiver<Event>,
    engine: Engine,
    environment: Environment<'a>,
    allowed: Allowed,
    /// The media time up to which the file was read.
    read: MediaTime,
}

impl<'a> Run<'a> {
    fn new(header: Header, settings: &Settings, environment: Environment<'a>) -> Run<'a> {
        let (post, events) = mpsc::channel();
        let options = Options { rate_hz: settings.rate_hz, landmarks: settings.landmarks, words: true, live: false };
        let post = Arc::new(move |event| drop(post.send(event)));
        let observer = Observer::new(environment.models, environment.workers, options, post);
        let mut engine = Engine::new(header);
        // All marks are known before the analysis begins.
        for mark in settings.about.iter().flat_map(|s| &s.marks) {
            engine.observe(Line::Mark(mark.clone()));
        }
        Run { observer, events, engine, environment, allowed: Allowed::begin(settings.leeway), read: MediaTime::ZERO }
    }

    /// Has the report say something about the file.
    fn notice(&mut self, t: MediaTime, notice: &file::Notice) {
        self.engine.observe(Line::Notice(journal::Notice { t, text: notice.to_string() }));
    }

    /// Has the engine know when the interviewer speaks. What cannot be read of their recording is left out.
    fn interviewer(&mut self, recording: &Path, limits: file::Limits) {
        match other::of_file(recording, self.environment.models, limits) {
            Ok(lines) => lines.into_iter().for_each(|line| self.engine.observe(line)),
            Err(error) => tracing::error!(%error, "the interviewer's recording cannot be read"),
        }
    }

    /// Delivers the answers that have arrived, and passes lines and media time to the engine. With `wait`, waits for at least one
    /// answer, or until no time is left.
    fn advance(&mut self, wait: bool) -> Result<(), Error> {
        self.allowed.left()?;
        let mut wait = wait || self.observer.under_way() >= UNDER_WAY;
        loop {
            let event = if wait { Some(self.allowed.wait(&self.events)?) } else { self.events.try_recv().ok() };
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
        // Of the stream of marks only a notice may come, at the end of what was read.
        self.engine.advance(Stream::Marks, self.read);
        for stream in [Stream::Face, Stream::Voice] {
            if self.observer.is_over(stream) {
                self.engine.end(stream);
            } else {
                self.engine.advance(stream, self.observer.known_until(stream));
            }
        }
        while let Some(output) = self.engine.poll() {
            self.environment.write(&output)?;
        }
        Ok(())
    }

    /// Ends the engine and returns the report.
    fn finish(self) -> Result<Report, Error> {
        let Run { engine, mut environment, .. } = self;
        let (outputs, report) = engine.finish();
        outputs.iter().try_for_each(|output| environment.write(output))?;
        (environment.progress)(1.0);
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEEWAY: Duration = Duration::from_secs(600);

    fn begun(ago: Duration) -> Allowed {
        Allowed { started: Instant::now().checked_sub(ago).unwrap(), leeway: LEEWAY, reached_ms: 0 }
    }

    #[test]
    fn an_analysis_may_take_ten_times_its_media_and_the_leeway() {
        let mut allowed = begun(Duration::from_secs(700));
        assert!(matches!(allowed.left(), Err(Error::OverTime)));
        allowed.reached(60_000);
        allowed.reached(0);
        let left = allowed.left().unwrap();
        assert!(left > Duration::from_secs(400) && left <= Duration::from_secs(500), "{left:?}");
    }

    #[test]
    fn an_answer_that_never_comes_ends_the_analysis_when_its_time_is_over() {
        let (post, events) = mpsc::channel();
        let soon = begun(LEEWAY - Duration::from_millis(50));
        assert!(matches!(soon.wait::<u8>(&events), Err(Error::OverTime)));
        post.send(1).unwrap();
        assert_eq!(begun(Duration::ZERO).wait(&events).unwrap(), 1);
    }
}
