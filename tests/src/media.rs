//! The media of the fake camera and microphone: real footage where the reference data is, otherwise a portrait and
//! espeak-ng.

use anyhow::Result;
use std::path::{Path, PathBuf};

use crate::coach::{program, project};
use crate::tools::run;

/// Returns the folder of the reference data: `$COACH_SHARED` or ../shared. `None`: it is missing.
pub fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("COACH_SHARED").map_or_else(|| project().join("../shared"), PathBuf::from);
    path.join("data").is_dir().then_some(path)
}

/// A camera and a microphone for Chromium, and both together for other publishers.
pub struct Stage {
    /// Motion JPEG, 640x480 at 30 fps.
    pub camera: PathBuf,
    /// 48 kHz mono, fast speech first.
    pub microphone: PathBuf,
    seconds: u32,
}

/// Returns a stage of `seconds`. It is made once and kept beside the program, because encoding takes longer than many
/// tests.
///
/// # Errors
/// ffmpeg or espeak-ng fails.
pub fn stage(seconds: u32) -> Result<Stage> {
    let origin = if shared().is_some() { "footage" } else { "portrait" };
    let folder = program().with_file_name(format!("stage-{origin}-{seconds}"));
    std::fs::create_dir_all(&folder)?;
    let stage = Stage { camera: folder.join("camera.mjpeg"), microphone: folder.join("microphone.wav"), seconds };
    once(&stage.camera, |part| make_camera(part, &seconds.to_string()))?;
    once(&stage.microphone, |part| make_microphone(&folder, part, &seconds.to_string()))?;
    Ok(stage)
}

impl Stage {
    /// Returns video and audio as WebM, VP8 and Opus.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn webm(&self) -> Result<PathBuf> {
        let file = self.camera.with_file_name("stage.webm");
        let seconds = self.seconds.to_string();
        once(&file, |part| {
            #[rustfmt::skip]
            run("ffmpeg", &["-v", "error", "-y", "-f", "mjpeg", "-r", "30", "-i", text(&self.camera), "-i", text(&self.microphone),
                "-t", &seconds, "-c:v", "libvpx", "-b:v", "1M", "-deadline", "realtime", "-cpu-used", "8", "-g", "120",
                "-c:a", "libopus", "-b:a", "32k", "-ac", "1", "-application", "voip", "-f", "webm", text(part)])?;
            Ok(())
        })?;
        Ok(file)
    }

    /// Returns video and audio as Matroska, H.264 and Opus, coded as publishers of H.264 do: no frame out of order.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn h264(&self) -> Result<PathBuf> {
        let (whole, file) = (self.webm()?, self.camera.with_file_name("stage.mkv"));
        once(&file, |part| {
            #[rustfmt::skip]
            run("ffmpeg", &["-v", "error", "-y", "-i", text(&whole), "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency",
                "-b:v", "1M", "-pix_fmt", "yuv420p", "-g", "60", "-c:a", "copy", "-f", "matroska", text(part)])?;
            Ok(())
        })?;
        Ok(file)
    }

    /// Returns the audio alone.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn audio(&self) -> Result<PathBuf> {
        self.variant("audio.webm", &["-map", "0:a", "-c", "copy"])
    }

    /// Returns the video alone.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn video(&self) -> Result<PathBuf> {
        self.variant("video.webm", &["-map", "0:v", "-c", "copy"])
    }

    /// Returns the stage muted from this second on: packets go on and hold silence.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn muted_from(&self, second: u32) -> Result<PathBuf> {
        let mute = format!("volume=0:enable='gte(t,{second})'");
        #[rustfmt::skip]
        let args = ["-map", "0", "-c:v", "copy", "-af", &mute, "-c:a", "libopus", "-b:a", "32k", "-application", "voip"];
        self.variant(&format!("muted-{second}.webm"), &args)
    }

    /// Returns video whose frames change their size every so many seconds, from one of these sizes to the next, as a
    /// browser's do on a slow line.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn resizing(&self, every: u32, sizes: &[(u32, u32)]) -> Result<PathBuf> {
        let name = sizes.iter().map(|(width, height)| format!("{width}x{height}")).collect::<Vec<_>>().join("-");
        let folder = tempfile::tempdir()?;
        let (whole, list) = (self.webm()?, folder.path().join("list"));
        let file = self.camera.with_file_name(format!("{every}s-{name}.webm"));
        once(&file, |part| {
            let mut turns = String::new();
            for (turn, (width, height)) in sizes.iter().enumerate() {
                let to = folder.path().join(format!("{turn}.webm"));
                let (from, scale) = ((turn as u32 * every).to_string(), format!("scale={width}:{height}"));
                #[rustfmt::skip]
                run("ffmpeg", &["-v", "error", "-y", "-ss", &from, "-t", &every.to_string(), "-i", text(&whole), "-an", "-vf", &scale,
                    "-c:v", "libvpx", "-b:v", "1M", "-deadline", "realtime", "-cpu-used", "8", "-g", "90", text(&to)])?;
                turns += &format!("file '{}'\n", text(&to));
            }
            std::fs::write(&list, turns)?;
            let seconds = (every * sizes.len() as u32).to_string();
            #[rustfmt::skip]
            run("ffmpeg", &["-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", text(&list), "-i", text(&whole), "-t", &seconds,
                "-map", "0:v", "-map", "1:a", "-c", "copy", "-f", "webm", text(part)])?;
            Ok(())
        })?;
        Ok(file)
    }

    /// Returns what ffmpeg makes of it with these arguments.
    fn variant(&self, name: &str, args: &[&str]) -> Result<PathBuf> {
        let (whole, file) = (self.webm()?, self.camera.with_file_name(name));
        once(&file, |part| {
            let input = ["-v", "error", "-y", "-i", text(&whole)];
            run("ffmpeg", &[&input[..], args, &["-f", "webm", text(part)]].concat())?;
            Ok(())
        })?;
        Ok(file)
    }

    /// Returns video and audio as MP4, H.264 and AAC, with the index in front, like a file that a phone has shared.
    ///
    /// # Errors
    /// ffmpeg fails.
    pub fn mp4(&self) -> Result<PathBuf> {
        let file = self.camera.with_file_name("stage.mp4");
        let seconds = self.seconds.to_string();
        once(&file, |part| {
            #[rustfmt::skip]
            run("ffmpeg", &["-v", "error", "-y", "-f", "mjpeg", "-r", "30", "-i", text(&self.camera), "-i", text(&self.microphone),
                "-t", &seconds, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "120", "-c:a", "aac", "-ac", "1",
                "-movflags", "+faststart", "-f", "mp4", text(part)])?;
            Ok(())
        })?;
        Ok(file)
    }
}

/// Extends the MP4 by a box at its end that players skip (ISO/IEC 14496-12, 8.1.2). Returns its new length.
///
/// # Errors
/// The disk fails.
pub fn padded(mp4: &Path, bytes: u64, to: &Path) -> Result<u64> {
    use std::io::{BufWriter, Write};
    let media = std::fs::read(mp4)?;
    let rest = bytes.saturating_sub(media.len() as u64).max(16);
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(to)?);
    file.write_all(&media)?;
    // A box of more than 4 GiB would say so by the length 1; this one may as well.
    file.write_all(&[0, 0, 0, 1])?;
    file.write_all(b"free")?;
    file.write_all(&rest.to_be_bytes())?;
    // No two blocks alike, so that parts that change places are noticed.
    let mut left = rest - 16;
    let mut block = [0_u8; 4096];
    while left > 0 {
        let take = left.min(block.len() as u64) as usize;
        block[..8].copy_from_slice(&left.to_be_bytes());
        file.write_all(&block[..take])?;
        left -= take as u64;
    }
    file.flush()?;
    Ok(media.len() as u64 + rest)
}

/// Returns noise of 6 Mbit/s with a key frame each second and a tone, as WebM, which fills parts, spools and disks
/// quickly.
///
/// # Errors
/// ffmpeg fails.
pub fn heavy(seconds: u32) -> Result<PathBuf> {
    let file = program().with_file_name(format!("heavy-{seconds}.webm"));
    once(&file, |part| {
        #[rustfmt::skip]
        run("ffmpeg", &["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=15,noise=alls=40:allf=t",
            "-f", "lavfi", "-i", "sine=frequency=220:sample_rate=48000", "-t", &seconds.to_string(), "-c:v", "libvpx",
            "-b:v", "6M", "-minrate", "6M", "-maxrate", "6M", "-bufsize", "6M", "-deadline", "realtime", "-cpu-used", "16",
            "-g", "15", "-c:a", "libopus", "-b:a", "32k", "-ac", "1", "-f", "webm", text(part)])?;
        Ok(())
    })?;
    Ok(file)
}

/// Makes a file completely or not at all, and only if it does not exist.
/// Makes a file unless it is there. Tests in other processes wait meanwhile, and find it.
fn once(file: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let making = std::fs::File::create(file.with_extension("making"))?;
    making.lock()?;
    if !file.exists() {
        let part = file.with_extension("part");
        make(&part)?;
        std::fs::rename(&part, file)?;
    }
    Ok(())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test folders are plain text")
}

fn make_camera(to: &Path, seconds: &str) -> Result<()> {
    let jpeg = ["-t", seconds, "-r", "30", "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg"];
    let mut args = vec!["-v", "error", "-y"];
    let (footage, portrait);
    if let Some(shared) = shared() {
        footage = shared.join("data/face/WolfgangLanger_Pexels.mp4");
        let fit = "scale=854:480:flags=bilinear,crop=640:480";
        args.extend(["-stream_loop", "-1", "-i", text(&footage), "-vf", fit]);
    } else {
        // NASA's portrait of Eileen Collins, public domain, as scikit-image ships it: a slow walk of the crop stands in for movement.
        portrait = project().join("models/astronaut.png");
        let walk = "crop=400:300:'40+30*sin(t)':'20+15*cos(1.3*t)',scale=640:480:flags=bilinear";
        args.extend(["-loop", "1", "-framerate", "30", "-i", text(&portrait), "-vf", walk]);
    }
    args.extend(jpeg);
    args.push(text(to));
    run("ffmpeg", &args)?;
    Ok(())
}

/// Returns speech that is too fast for the first half minute and then at a usual pace.
fn make_microphone(folder: &Path, to: &Path, seconds: &str) -> Result<()> {
    let (fast, usual);
    if let Some(shared) = shared() {
        // A LibriVox reading, public domain, played at 1.6 times its speed and then as it is.
        let reading = shared.join("data/voice/real/two_cities_16k.wav");
        fast = folder.join("fast.wav");
        run("ffmpeg", &["-v", "error", "-y", "-i", text(&reading), "-filter:a", "atempo=1.6", text(&fast)])?;
        usual = reading;
    } else {
        (fast, usual) = (folder.join("fast.wav"), folder.join("usual.wav"));
        let text_spoken = "Last year I led a small team that had to move a payment system to a new provider. \
            We found that the tests did not cover the most important case, so I stopped the work and wrote them first. \
            It was not popular, but the move went well, and we learned to begin with the tests. \
            My colleagues later asked me to plan the next project in the same way, and I was glad to do it.";
        run("espeak-ng", &["-v", "en-us", "-s", "270", "-w", text(&fast), &format!("{text_spoken} {text_spoken}")])?;
        run("espeak-ng", &["-v", "en-us", "-s", "150", "-w", text(&usual), text_spoken])?;
    }
    #[rustfmt::skip]
    run("ffmpeg", &["-v", "error", "-y", "-i", text(&fast), "-i", text(&usual), "-filter_complex",
        "[0:a]aresample=48000,aformat=channel_layouts=mono[a];[1:a]aresample=48000,aformat=channel_layouts=mono[b];[a][b]concat=n=2:v=0:a=1,apad",
        "-t", seconds, "-c:a", "pcm_s16le", "-f", "wav", text(to)])?;
    Ok(())
}
