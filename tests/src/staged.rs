//! Clips with one staged fault each, so that what must be said of them is known: espeak-ng speaks, and a portrait moves before the camera.

use anyhow::Result;
use serde_json::Value;
use std::path::{Path, PathBuf};

use crate::coach::{models, program, project};
use crate::tools::run;

/// Length of a clip, seconds.
const SECONDS: &str = "42";
/// The same, media time.
pub const LENGTH_MS: i64 = 42_000;
/// When the face leaves or the light goes out, seconds.
pub const FROM_S: f64 = 20.0;
const SPEECH: &str = "Last year I led a small team that had to move a payment system to a new provider. We found that the tests did not cover \
    the most important case. So I stopped the work and wrote them first. It was not popular. But the move went well, and we learned to begin \
    with the tests. My colleagues later asked me to plan the next project in the same way. I was glad to do it. Since then we write down what \
    could go wrong before we begin. And we look at that list every week. ";
/// espeak-ng's speed setting for about 120 words a minute with a breath after each sentence.
const USUAL: u32 = 123;

/// How the voice speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Good,
    /// About 245 words a minute.
    Fast,
    /// About 90 words a minute.
    Slow,
    OneNote,
    /// 22 dB quieter from the first word on.
    Quiet,
    /// 10 dB quieter from the middle on.
    Dropping,
    Breathless,
    Fillers,
    /// Three silences of 4.5 s.
    LongPauses,
    /// In a loud room.
    Noisy,
}

/// What the camera shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Moves a little, as somebody does who sits before a camera.
    Living,
    Photograph,
    /// Out of the frame for 6 s.
    Leaves,
    /// The light goes out for 8 s.
    Dark,
    /// Two faces side by side.
    Two,
    /// A small face behind, as on a poster.
    Behind,
}

/// Makes clips in a folder; a voice or a face is made once.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
}

/// Returns a path as text.
///
/// # Panics
/// It is no text; folders of tests are.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("test folders are plain text")
}

/// Returns the report that `coach analyze` makes of a clip, with words where there is a recognizer.
///
/// # Errors
/// The program fails.
pub fn analyze(clip: &Path, more: &[&str]) -> Result<Value> {
    let (out, data) = (clip.with_extension("coach"), clip.with_file_name("data"));
    let (program, models) = (program(), models());
    let args = ["analyze", text(clip), "--out", text(&out), "--models", text(&models), "--data", text(&data)];
    run("env", &[&["COACH_MODELS_WORDS=auto", text(&program)][..], &args, more].concat())?;
    Ok(serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?)
}

/// Returns the texts of an array, or of one key of its objects; empty: the texts themselves.
pub fn list<'a>(of: &'a Value, key: &str) -> Vec<&'a str> {
    of.as_array()
        .into_iter()
        .flatten()
        .filter_map(|x| if key.is_empty() { x.as_str() } else { x[key].as_str() })
        .collect()
}

impl Stage {
    pub fn new(folder: &Path) -> Stage {
        Stage { folder: folder.to_owned() }
    }

    /// Returns a Matroska file of H.264 and Opus with this voice and this face.
    ///
    /// # Errors
    /// ffmpeg or espeak-ng fails.
    pub fn clip(&self, voice: Voice, face: Face) -> Result<PathBuf> {
        let (said, shown) = (self.voice(voice)?, self.face(face)?);
        let to = self.folder.join(format!("{voice:?}-{face:?}.mkv"));
        #[rustfmt::skip]
        run("ffmpeg", &["-v", "error", "-y", "-i", text(&shown), "-i", text(&said), "-c:v", "copy", "-c:a", "libopus", "-b:a", "32k", text(&to)])?;
        Ok(to)
    }

    /// Returns clips one after the other in one file, `SECONDS` each.
    ///
    /// # Errors
    /// As [`Stage::clip`].
    pub fn round(&self, answers: &[(Voice, Face)]) -> Result<PathBuf> {
        let clips = answers.iter().map(|&(voice, face)| self.clip(voice, face)).collect::<Result<Vec<_>>>()?;
        let (list, to) = (self.folder.join("round.txt"), self.folder.join("round.mkv"));
        let lines = clips.iter().map(|clip| format!("file '{}'\n", text(clip)));
        std::fs::write(&list, lines.collect::<String>())?;
        #[rustfmt::skip]
        run("ffmpeg", &["-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", text(&list), "-c", "copy", text(&to)])?;
        Ok(to)
    }

    fn voice(&self, voice: Voice) -> Result<PathBuf> {
        let to = self.folder.join(format!("{voice:?}.wav"));
        if to.exists() {
            return Ok(to);
        }
        let spoken = self.folder.join(format!("{voice:?}-spoken.wav"));
        let (speed, range) = match voice {
            Voice::Fast => (213, 200),
            // Fillers take time and breaths that are cut out save it: the pace must not be at fault too.
            Voice::Fillers => (150, 200),
            Voice::Breathless => (105, 200),
            Voice::OneNote => (USUAL, 0),
            _ => (USUAL, 200),
        };
        let marked = format!("<speak><prosody range=\"{range}%\">{}</prosody></speak>", words(voice));
        run("espeak-ng", &["-m", "-v", "en-us", "-s", &speed.to_string(), "-g", "6", "-w", text(&spoken), &marked])?;
        let graph = match voice {
            Voice::Noisy => {
                format!(
                    "{};anoisesrc=c=pink:r=48000:a=0.12:d={SECONDS}:seed=7[n];[v][n]amix=normalize=0",
                    filter(voice)
                )
            }
            _ => filter(voice).replace("[v]", ""),
        };
        run(
            "ffmpeg",
            &["-v", "error", "-y", "-i", text(&spoken), "-filter_complex", &graph, "-t", SECONDS, text(&to)],
        )?;
        Ok(to)
    }

    fn face(&self, face: Face) -> Result<PathBuf> {
        let to = self.folder.join(format!("{face:?}.mkv"));
        if to.exists() {
            return Ok(to);
        }
        // NASA's portrait of Eileen Collins, public domain, as scikit-image ships it.
        let portrait = project().join("models/astronaut.png");
        // Head and shoulders go to and fro and lean a little.
        let living = "crop=400:300:'40+10*sin(t)':'5+8*cos(1.3*t)',scale=480:360,\
            rotate='0.04*sin(1.1*t)+0.015*sin(3.1*t)':fillcolor=gray,crop=460:340";
        let graph = match face {
            Face::Living => living.to_owned(),
            Face::Photograph => "crop=400:300:40:5,scale=480:360".into(),
            Face::Leaves => format!("{living},drawbox=color=gray:t=fill:enable='between(t,{FROM_S},{})'", FROM_S + 6.0),
            Face::Dark => format!("{living},lutyuv=y='16+(val-16)*0.05':enable='between(t,{FROM_S},{})'", FROM_S + 8.0),
            Face::Behind => {
                let near = living.replace(
                    "crop=400:300:'40+10*sin(t)':'5+8*cos(1.3*t)'",
                    "crop=240:180:'70+10*sin(t)':'25+8*cos(1.3*t)'",
                );
                format!("split[a][b];[a]{near}[c];[b]crop=120:120:165:40,scale=96:96[d];[c][d]overlay=0:0")
            }
            Face::Two => format!("{living},crop=230:340:80:0,split[a][b];[a][b]hstack"),
        };
        #[rustfmt::skip]
        run("ffmpeg", &["-v", "error", "-y", "-loop", "1", "-framerate", "15", "-i", text(&portrait), "-filter_complex", &format!("[0:v]{graph},format=yuv420p"),
            "-t", SECONDS, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", text(&to)])?;
        Ok(to)
    }
}

/// What is said, with marks for pauses where there are some. There is more of it than a clip holds.
fn words(voice: Voice) -> String {
    let said = match voice {
        Voice::Fillers => {
            SPEECH.replace(". ", ". Um, ").replace(", and", ", uh, and").replace("that had", "um, that had")
        }
        Voice::LongPauses => {
            let mut sentences: Vec<String> = SPEECH.split_inclusive(". ").map(str::to_owned).collect();
            for after in [2, 4, 5] {
                sentences[after] += "<break time=\"4500ms\"/> ";
            }
            sentences.concat()
        }
        _ => SPEECH.to_owned(),
    };
    said.repeat(3)
}

/// What ffmpeg makes of what was spoken, with a second of quiet before it; its output is called `v`.
fn filter(voice: Voice) -> String {
    let changed = match voice {
        Voice::Slow => "atempo=0.72",
        Voice::Quiet => "volume=-22dB",
        Voice::Dropping => "volume='if(lt(t,20),1,0.3)':eval=frame",
        // The breaths are cut out.
        Voice::Breathless => "silenceremove=stop_periods=-1:stop_duration=0.06:stop_threshold=-40dB",
        _ => "anull",
    };
    format!("[0:a]aresample=48000,volume=-3dB,{changed},adelay=1000[v]")
}
