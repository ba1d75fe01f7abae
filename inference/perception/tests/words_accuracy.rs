//! Words against known transcripts: wrong words, fillers, times, counts, under clean and noisy conditions.
#![allow(clippy::disallowed_methods, reason = "references are read from files")]

mod voice_support;
mod words_support;

use coach_testing::{Need, not_checked};
use std::path::Path;
use std::process::Command;
use voice_support::{Random, Sound, json, numbers, percentile, wav};
use words_support::{Bench, fillers, normal, text, words, wrong};

const READ: [&str; 7] = [
    "real/jfk.wav",
    "real/two_cities_16k.wav",
    "real/libri_61-70968-0000.wav",
    "real/libri_sense_0870.wav",
    "real/libri_sense_0880.wav",
    "real/libri_sense_0890.wav",
    "real/libri_sense_0920.wav",
];
const FILLERS: [(&str, usize); 4] = [
    ("real/mfa_cold_corpus.wav", 5),
    ("real/mfa_crossword.wav", 2),
    ("synthetic/es_lead_fillers.wav", 3),
    ("synthetic/es_weak_fillers.wav", 6),
];

/// Percent of wrong words over files, changed by `change` before they are heard.
fn error_rate(bench: &mut Bench, what: &str, files: &[&str], change: &dyn Fn(&mut Sound)) -> f64 {
    let (mut wrong_words, mut all) = (0, 0);
    for name in files {
        let mut sound = wav(&bench.folder.join(name));
        change(&mut sound);
        let heard = text(&bench.sound(&sound));
        let (errors, n) = wrong(&heard, &bench.truth(name));
        println!("  {name}: {errors} of {n} words wrong: {heard}");
        wrong_words += errors;
        all += n;
    }
    let percent = 100.0 * wrong_words as f64 / all as f64;
    println!("{what}: {percent:.1} % of {all} words wrong");
    percent
}

/// Noise with a power that falls with frequency, `snr_db` under the sound's mean power.
fn pink(snr_db: f64) -> impl Fn(&mut Sound) {
    move |sound| {
        let mut random = Random::new(7);
        // Voss and McCartney: sixteen generators, each changing half as often as the one before.
        let mut rows = [0.0f64; 16];
        let noise: Vec<f64> = (0..sound.samples.len() as u64)
            .map(|i| {
                let row = (i.trailing_zeros() as usize).min(15);
                rows[row] = random.normal();
                rows.iter().sum::<f64>() + random.normal()
            })
            .collect();
        let power = |x: &mut dyn Iterator<Item = f64>, n: usize| x.map(|v| v * v).sum::<f64>() / n as f64;
        let n = noise.len();
        let loud = power(&mut sound.samples.iter().map(|&x| f64::from(x)), n);
        let gain = (loud / power(&mut noise.iter().copied(), n) / 10f64.powf(snr_db / 10.0)).sqrt();
        for (x, y) in sound.samples.iter_mut().zip(&noise) {
            *x += (y * gain) as f32;
        }
    }
}

#[test]
fn read_speech_has_at_most_six_words_in_a_hundred_wrong() {
    let Some(mut bench) = Bench::find("words of read speech") else { return };
    assert!(error_rate(&mut bench, "read", &READ, &|_| {}) <= 6.0);
    assert!(error_rate(&mut bench, "read, pink noise 20 dB below", &READ, &pink(20.0)) <= 6.0);
    assert!(error_rate(&mut bench, "read, pink noise 10 dB below", &READ, &pink(10.0)) <= 15.0);
    let quiet = |sound: &mut Sound| sound.samples.iter_mut().for_each(|x| *x *= 0.03);
    assert!(error_rate(&mut bench, "read, 30 dB quieter", &READ, &quiet) <= 7.0);
}

/// The sound of a file after Opus at 24 kbit/s, as a browser sends it, at 48 kHz. `None`, with a line that says so, without ffmpeg.
fn through_opus(file: &Path, folder: &Path) -> Option<Sound> {
    let packed = folder.join("packed.ogg");
    let encoding = ["-c:a", "libopus", "-b:a", "24k", "-application", "voip"];
    let quiet = ["-v", "error", "-y", "-i"];
    let encoded = Command::new("ffmpeg").args(quiet).arg(file).args(encoding).arg(&packed).status();
    if encoded.is_err() {
        not_checked(Need::Other, "words after Opus at 24 kbit/s", "ffmpeg is missing");
        return None;
    }
    let decoding = ["-ac", "1", "-ar", "48000", "-f", "f32le", "-"];
    let decoded =
        Command::new("ffmpeg").args(quiet).arg(&packed).args(decoding).output().expect("ffmpeg was there before");
    assert!(decoded.status.success(), "{}", String::from_utf8_lossy(&decoded.stderr));
    let samples = decoded.stdout.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    Some(Sound { rate_hz: 48_000, samples })
}

#[test]
fn read_speech_after_opus_at_24_kbit_has_at_most_six_words_in_a_hundred_wrong() {
    let Some(mut bench) = Bench::find("words after Opus") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut wrong_words, mut all) = (0, 0);
    for name in READ {
        let Some(sound) = through_opus(&bench.folder.join(name), folder.path()) else { return };
        let (errors, n) = wrong(&text(&bench.sound(&sound)), &bench.truth(name));
        (wrong_words, all) = (wrong_words + errors, all + n);
    }
    let percent = 100.0 * wrong_words as f64 / all as f64;
    println!("read, after Opus at 24 kbit/s: {percent:.1} % of {all} words wrong");
    assert!(percent <= 6.0);
}

#[test]
fn spontaneous_speech_over_a_poor_microphone_has_at_most_one_word_in_four_wrong() {
    let Some(mut bench) = Bench::find("words of spontaneous speech") else { return };
    assert!(error_rate(&mut bench, "spontaneous", &["real/mfa_cold_corpus.wav"], &|_| {}) <= 25.0);
}

#[test]
fn synthetic_speech_at_usual_rates_has_at_most_fifteen_words_in_a_hundred_wrong() {
    let Some(mut bench) = Bench::find("words of synthetic speech") else { return };
    let names: Vec<String> = ["lead", "weak"]
        .iter()
        .flat_map(|text| [120, 140, 160, 180, 200].map(|wpm| format!("synthetic/es_{text}_en-us_{wpm}.wav")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert!(error_rate(&mut bench, "synthetic, 120 to 200 wpm", &names, &|_| {}) <= 15.0);
}

#[test]
fn fillers_are_found_and_none_is_invented() {
    let Some(mut bench) = Bench::find("fillers") else { return };
    let (mut found, mut there, mut invented) = (0, 0, 0);
    for (name, truth) in FILLERS {
        let heard = fillers(&bench.file(name));
        println!("{name}: {heard} of {truth} fillers");
        found += heard.min(truth);
        there += truth;
        invented += heard.saturating_sub(truth);
    }
    println!("fillers: {found} of {there} found, {invented} wrong");
    assert!(found as f64 >= 0.8 * there as f64 && invented <= 1);
    for name in READ.into_iter().chain(["synthetic/es_lead_pauses.wav", "synthetic/es_weak_pauses.wav"]) {
        assert_eq!(fillers(&bench.file(name)), 0, "{name} has no filler");
    }
}

/// Distances in ms between word starts and the truth's, words in order and matched by text.
fn start_errors(bench: &mut Bench, name: &str, truth: &[(String, f64)]) -> Vec<f64> {
    let phrases = bench.file(name);
    let heard: Vec<(String, f64)> =
        words(&phrases).iter().map(|w| (normal_or_same(&w.text), w.start.ms() as f64)).collect();
    // The longest list of equal words in both.
    let (n, m) = (heard.len(), truth.len());
    let mut best = vec![vec![0usize; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            best[i][j] =
                if heard[i].0 == truth[j].0 { best[i + 1][j + 1] + 1 } else { best[i + 1][j].max(best[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut errors) = (0, 0, Vec::new());
    while i < n && j < m {
        if heard[i].0 == truth[j].0 {
            errors.push(heard[i].1 - truth[j].1 * 1000.0);
            (i, j) = (i + 1, j + 1);
        } else if best[i + 1][j] >= best[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    errors
}

/// Distances of starts to the truth's where the words are not one to one (espeak-ng speaks some pairs of words as one): matched in
/// order so that the sum of distances is smallest; leaving one out costs 200 ms.
fn nearest_in_order(heard: &[f64], truth: &[f64]) -> Vec<f64> {
    const SKIP: f64 = 200.0;
    let (n, m) = (heard.len(), truth.len());
    let mut cost = vec![vec![0.0f64; m + 1]; n + 1];
    for i in (0..=n).rev() {
        for j in (0..=m).rev() {
            cost[i][j] = match (i < n, j < m) {
                (false, false) => 0.0,
                (false, true) => cost[i][j + 1] + SKIP,
                (true, false) => cost[i + 1][j] + SKIP,
                (true, true) => ((heard[i] - truth[j]).abs() + cost[i + 1][j + 1])
                    .min(cost[i + 1][j] + SKIP)
                    .min(cost[i][j + 1] + SKIP),
            };
        }
    }
    let (mut i, mut j, mut errors) = (0, 0, Vec::new());
    while i < n && j < m {
        if cost[i][j] == (heard[i] - truth[j]).abs() + cost[i + 1][j + 1] {
            errors.push(heard[i] - truth[j]);
            (i, j) = (i + 1, j + 1);
        } else if cost[i][j] == cost[i + 1][j] + SKIP {
            i += 1;
        } else {
            j += 1;
        }
    }
    errors
}

fn normal_or_same(word: &str) -> String {
    word.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn word_starts_are_right_to_a_few_hundredths_of_a_second() {
    let Some(mut bench) = Bench::find("word starts") else { return };
    let grid = std::fs::read_to_string(bench.folder.join("real/mfa_cold_corpus.TextGrid")).expect("a TextGrid");
    let lines: Vec<&str> = grid.lines().skip(12).collect();
    let spoken = lines.chunks_exact(3).map_while(|c| Some((c[2].trim_matches('"'), c[0].parse::<f64>().ok()?)));
    let cold: Vec<(String, f64)> = spoken.filter(|(w, _)| !w.is_empty()).map(|(w, t)| (normal_or_same(w), t)).collect();
    let mut all = Vec::new();
    let mut tell = |name: &str, errors: Vec<f64>| {
        let sizes: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (n, median) = (sizes.len(), percentile(&sizes, 0.5));
        println!(
            "{name}: {n} word starts, median {median:.0} ms, mean {:.0} ms, bias {:+.0} ms",
            mean(&sizes),
            mean(&errors)
        );
        all.extend(sizes);
    };
    tell("mfa_cold_corpus", start_errors(&mut bench, "real/mfa_cold_corpus.wav", &cold));
    for text in ["lead", "weak"] {
        for wpm in [120, 140, 160, 180, 200] {
            let name = format!("synthetic/es_{text}_en-us_{wpm}.wav");
            let truth: Vec<f64> = numbers(&bench.manifest[&name]["word_times"]).iter().map(|t| t * 1000.0).collect();
            let phrases = bench.file(&name);
            let heard: Vec<f64> = words(&phrases).iter().map(|w| w.start.ms() as f64).collect();
            tell(&name, nearest_in_order(&heard, &truth));
        }
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    println!("all: {} word starts, median {:.0} ms, mean {mean:.0} ms", all.len(), percentile(&all, 0.5));
    assert!(percentile(&all, 0.5) <= 60.0 && mean <= 90.0);
}

#[test]
fn words_are_counted_right_to_three_in_a_hundred() {
    let Some(mut bench) = Bench::find("word counts") else { return };
    let mut errors = Vec::new();
    for name in READ.into_iter().chain(["real/mfa_cold_corpus.wav"]) {
        let (heard, truth) = (normal(&text(&bench.file(name))).len(), normal(&bench.truth(name)).len());
        let error = 100.0 * (heard as f64 / truth as f64 - 1.0);
        println!("{name}: {heard} words for {truth}, {error:+.1} %");
        errors.push(error.abs());
    }
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    println!("word count: {mean:.1} % off on average");
    assert!(mean <= 3.0);
}

/// The recordings of read speech one after another, in windows of 30 s as the live display has them.
#[test]
fn the_pace_of_thirty_seconds_is_right_to_three_words_a_minute() {
    const WINDOW_S: f64 = 30.0;
    let Some(mut bench) = Bench::find("pace by words") else { return };
    let known = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/voice_words.json"));
    let (mut heard, mut truth, mut end_s) = (Vec::new(), Vec::new(), 0.0);
    for name in READ {
        let sound = wav(&bench.folder.join(name));
        let phrases = bench.sound(&sound);
        let spoken = words(&phrases).into_iter().filter(|word| !word.filler);
        heard.extend(spoken.map(|word| end_s + word.start.seconds()));
        let file = name.trim_start_matches("real/").trim_end_matches(".wav");
        truth.extend(numbers(&known["words"][file]).iter().map(|t| end_s + t));
        end_s += sound.samples.len() as f64 / f64::from(sound.rate_hz);
    }
    let wpm = |starts: &[f64], from: f64| {
        starts.iter().filter(|t| (from..from + WINDOW_S).contains(*t)).count() as f64 * 60.0 / WINDOW_S
    };
    let windows = std::iter::successors(Some(0.0), |from| Some(from + 2.0)).take_while(|from| from + WINDOW_S <= end_s);
    let errors: Vec<f64> = windows.map(|from| (wpm(&heard, from) - wpm(&truth, from)).abs()).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    println!("pace over 30 s: {mean:.1} words a minute off on average over {} windows", errors.len());
    assert!(errors.len() >= 20 && mean <= 3.0, "{errors:?}");
}

/// What the same networks as shipped write about the same segments: ONNX Runtime 1.32.0 from Python, plain float output layer, unsigned
/// weights, greedy decoding with the rules of `words::decode`.
const PYTHON: [(&str, &str); 3] = [
    (
        "real/libri_61-70968-0000.wav",
        "He began a confused complaint against the wizard, who had vanished behind the curtain on the left.",
    ),
    (
        "real/libri_sense_0870.wav",
        "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.",
    ),
    (
        "real/libri_sense_0920.wav",
        "Had he married a more amiable woman, he might have been made still more respectable than he was.",
    ),
];

#[test]
fn the_text_is_that_of_the_networks_as_shipped() {
    let Some(mut bench) = Bench::find("the text of the networks as shipped") else { return };
    for (name, python) in PYTHON {
        assert_eq!(text(&bench.file(name)), python, "{name}");
    }
}
