//! Each metric reads what the story tells, in its unit; and says nothing where there is nothing to say it by.

use crate::stories::play;
use crate::story::{Story, header};
use coach_core::journal::Line;
use coach_core::report::Report;
use coach_insight::evidence::LEAST_SNR_DB;
use coach_insight::metrics::ALL;
use coach_insight::replay;

/// Metric, what changes in an answer of a minute at 140 words a minute, and the value it must read.
const TOLD: &[(&str, &str, std::ops::RangeInclusive<f32>)] = &[
    ("pace", "", 137.0..=143.0),
    ("pace", "0:00 speak 200", 195.0..=205.0),
    // 140 words a minute are 2.59 nuclei a second, and 13 % of the time is pauses.
    ("articulation_rate", "", 2.9..=3.1),
    ("pause_share", "", 0.12..=0.14),
    ("phonation_ratio", "", 0.86..=0.88),
    ("long_pauses", "", 0.0..=0.0),
    // Twice three seconds and a bit, less a second each, in a minute.
    ("long_pauses", "0:20 silent\n0:23 speak 140\n0:40 silent\n0:43 speak 140", 3.8..=5.0),
    ("response_latency", "0:00 silent\n0:07 speak 140", 6.95..=7.05),
    ("answer_length", "", 0.66..=0.67),
    // One in three seconds, each of confidence 0.8.
    ("hesitations", "0:00 hesitant", 15.0..=17.0),
    ("pace", "0:00 says we moved the whole release", 136.0..=144.0),
    // One word in ten, at 140 a minute.
    ("fillers", "0:00 says so um we moved the whole release by a week", 13.0..=15.0),
    // One every 4.3 s, so three in ten seconds, and the fourth begins the next cluster.
    ("filler_clusters", "0:00 says so um we moved the whole release by a week", 40.0..=52.0),
    // One in ten, less those that a pause parts.
    ("repeated_words", "0:00 says we we moved the whole release by another long week", 6.0..=10.5),
    ("hedges", "0:00 says we moved it maybe a week", 15.0..=18.0),
    ("longest_run", "", 2.5..=2.7),
    ("first_person", "0:00 says I moved what we had", 0.45..=0.55),
    ("numbers_named", "0:00 says it took 12 weeks", 32.0..=37.0),
    // 140 a minute in phrases of 2.6 s, one every 3 s.
    ("words_per_phrase", "0:00 says we moved um the whole release", 5.0..=7.0),
    ("pitch_variation", "0:00 tone 2", 1.8..=2.1),
    // A sine of 2 st RMS reaches from -2.8 to 2.8.
    ("pitch_range", "0:00 tone 2", 5.0..=5.7),
    ("pitch_drift", "", 0.0..=0.15),
    ("pitch_drift", "0:30 higher 3", 2.0..=3.2),
    ("phrase_end_pitch", "", 0.0..=1.0),
    ("phrase_end_level", "0:00 fade 16", -18.5..=-15.0),
    ("volume_level", "0:00 level -9", -9.7..=-8.8),
    ("volume_consistency", "0:00 uneven 4", 5.0..=6.0),
    ("voice_stability", "", 0.95..=1.05),
    ("voice_stability", "0:20 rough 1.8", 1.7..=1.9),
    ("eye_contact", "", 0.99..=1.0),
    ("eye_contact", "0:30 look aside", 0.48..=0.52),
    ("presence", "0:45 leave", 0.74..=0.76),
    ("framing", "0:30 cut", 0.49..=0.51),
    ("light", "0:30 dark", 0.49..=0.51),
    ("head_movement", "0:00 restless 20", 20.0..=50.0),
    ("nods", "0:00 nod 4", 10.0..=30.0),
    ("shakes", "0:00 shake 5", 10.0..=30.0),
    ("blink_rate", "0:00 blink", 18.0..=21.0),
    ("smile", "0:10 smile 0.4\n0:13 smile 0\n0:40 smile 0.4\n0:44 smile 0", 2.0..=2.0),
    ("expressiveness", "0:00 lively 0", 0.0..=0.03),
    ("expressiveness", "0:00 lively 0.5", 0.5..=0.7),
    ("brow_tension", "0:30 tense 0.4", 0.19..=0.21),
    ("lip_press", "0:30 tense 0.4", 0.13..=0.15),
    ("valence", "0:00 smile 0.5", 0.15..=0.5),
    ("valence", "0:00 tense 0.4", -0.6..=-0.3),
    ("arousal", "0:00 restless 1", 0.0..=0.15),
    // One a minute; at its full weight, because it rose high and lasted.
    ("stress_spikes", "0:30 tense 0.4\n0:36 calm", 9.0..=10.1),
];

#[test]
fn each_metric_reads_what_is_told() {
    let mut wrong = Vec::new();
    for (metric, change, range) in TOLD.iter().cloned() {
        let text = format!("device-check\nrecognizer\n0:00 ask One. for 90 s\n0:00 speak 140\n{change}\n1:00 end");
        let report = play(&Story::parse(&text)).1;
        let read = &report.answers[0].metrics[metric];
        if !read.value.is_some_and(|v| range.contains(&v)) {
            wrong.push(format!("{metric} after {change:?}: {:?}, not within {range:?}", read.value));
        }
        if read.coverage <= 0.3 || read.coverage > 1.0 {
            wrong.push(format!("{metric} after {change:?}: coverage {}", read.coverage));
        }
    }
    for metric in ALL.iter().filter(|m| !m.id.starts_with("stress_")) {
        assert!(TOLD.iter().any(|(id, ..)| *id == metric.id), "nobody tells of {}", metric.id);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_spike_is_read_with_its_height_and_the_time_until_calm() {
    let report = play(&Story::parse("device-check\n0:00 speak 140\n0:40 tense 0.4\n0:46 calm\n1:20 end")).1;
    let [spike] = &report.stress[..] else { panic!("{:?}", report.stress) };
    assert!((40_000..42_000).contains(&spike.start.ms()), "{spike:?}");
    assert!(spike.recovered.is_some_and(|t| (46_000..51_000).contains(&t.ms())), "{spike:?}");
    assert!(spike.signals.contains(&"brow".to_owned()) && spike.signals.contains(&"pitch".to_owned()), "{spike:?}");
    let read = |id: &str| report.metrics[id].value.expect("a value");
    assert!((read("stress_height") - spike.height).abs() < 1e-3);
    assert!((5.0..11.0).contains(&read("stress_recovery")), "it was told to last for 6 s");
    let near = report.series.stress[88].expect("a composite");
    assert!(near > 2.0 && report.series.stress[70].is_some_and(|z| z < 1.0));
}

/// What the periods of the voice tell.
const TONE: [&str; 5] = ["pitch_variation", "pitch_range", "pitch_drift", "phrase_end_pitch", "voice_stability"];

/// Every metric of tone says why it has no number; what rests on speech alone has one.
fn says_that_it_is_too_noisy(report: &Report) {
    for id in TONE {
        let metric = &report.metrics[id];
        assert_eq!((metric.value, metric.reason.as_deref()), (None, Some("too noisy to judge")), "{id}");
    }
    for (id, metric) in report.metrics.iter().filter(|(id, _)| !TONE.contains(&&***id)) {
        assert_eq!(metric.reason, None, "{id}");
    }
    assert!(report.metrics["pace"].value.is_some() && report.metrics["pause_share"].value.is_some());
    for (_, score) in report.overall.scores.each() {
        for part in score.contributions.iter().filter(|part| TONE.contains(&&*part.metric)) {
            assert_eq!((part.value, part.reason.as_deref()), (None, Some("too noisy to judge")));
            assert_eq!(part.points, 0.0, "nothing is made up");
            assert!(part.moments.is_empty(), "{}: {:?}", part.metric, part.moments);
        }
    }
    for (name, value) in &report.voice {
        let known = ["intensity_mean", "voiced_share", "hnr_cc_mean"].contains(&name.as_str());
        assert_eq!(value.is_some(), known, "{name}");
    }
}

#[test]
fn in_a_loud_room_the_tone_of_the_voice_is_too_noisy_to_judge_and_its_pace_is_not() {
    let told = |snr: f32| {
        let text = format!("device-check\n0:00 speak 140\n0:00 rough 2\n0:00 noise {snr}\n1:00 end");
        play(&Story::parse(&text)).1
    };
    says_that_it_is_too_noisy(&told(LEAST_SNR_DB - 0.5));
    let quiet = told(LEAST_SNR_DB + 0.5);
    assert!(TONE.iter().all(|id| quiet.metrics[*id].value.is_some() && quiet.metrics[*id].reason.is_none()));
}

#[test]
fn a_voice_that_is_hardly_ever_voiced_is_too_noisy_to_judge() {
    let story = Story::parse("device-check\n0:00 speak 140\n1:00 end");
    // Of every ten hops this many keep the pitch they have in three of four.
    let with_voiced = |kept: usize| {
        let lines = story.lines.iter().cloned().map(|mut line| {
            if let Line::Voice(voice) = &mut line {
                voice.f0[kept..].fill(None);
            }
            line
        });
        replay(story.header.clone(), lines)
    };
    says_that_it_is_too_noisy(&with_voiced(2));
    assert!(with_voiced(5).metrics["pitch_variation"].value.is_some());
}

#[test]
fn a_room_that_was_never_quiet_enough_to_be_heard_is_too_noisy_and_too_little_speech_is_just_that() {
    let unheard = |text: &str| {
        let story = Story::parse(text);
        let lines = story.lines.iter().cloned().map(|mut line| {
            if let Line::Voice(voice) = &mut line {
                voice.snr_db = None;
            }
            line
        });
        replay(story.header.clone(), lines)
    };
    says_that_it_is_too_noisy(&unheard("device-check\n0:00 speak 140\n1:00 end"));
    let short = unheard("device-check\n0:00 speak 140\n0:10 end");
    let variation = &short.metrics["pitch_variation"];
    assert_eq!((variation.value, &variation.reason), (None, &None), "ten seconds say nothing of the room either");
}

#[test]
fn nothing_is_read_from_nothing() {
    let report = replay(header(), []);
    for (id, metric) in &report.metrics {
        assert_eq!((metric.value, metric.coverage), (None, 0.0), "{id}");
    }
}

#[test]
fn the_voice_alone_and_the_face_alone_give_their_half_and_say_so() {
    let voice = play(&Story::parse("device-check\n0:00 lose video\n0:00 speak 140\n1:00 end")).1;
    assert!(voice.metrics["eye_contact"].value.is_none() && voice.metrics["pace"].value.is_some());
    let confidence = &voice.overall.scores.confidence;
    assert!((confidence.coverage - 0.49).abs() < 1e-3 && confidence.value.is_none(), "{confidence:?}");
    assert!(confidence.reason.as_deref().is_some_and(|why| why.contains("No camera")), "{confidence:?}");
    let resilience = voice.overall.scores.resilience.reason.as_deref();
    assert!(
        resilience.is_some_and(|why| why.contains("No camera")),
        "a voice alone shows no hard moment: {resilience:?}"
    );
    assert!(voice.overall.scores.clarity.value.is_some());
    let face = play(&Story::parse("device-check\n0:00 lose audio\n1:00 end")).1;
    assert!(face.metrics["pace"].value.is_none() && face.metrics["eye_contact"].value.is_some());
    assert!(face.overall.scores.each().iter().all(|(_, score)| score.value.is_none()));
    assert_eq!(face.coverage.voice, 0.0);
}

#[test]
fn words_that_are_uncertain_or_cover_too_little_of_the_speech_say_nothing() {
    let of = |more: &str| {
        let text = format!("recognizer\n0:00 speak 140\n0:00 says so um I had maybe 20 people\n{more}\n1:00 end");
        play(&Story::parse(&text)).1
    };
    let certain = of("");
    // These two have a value without words, too.
    let worded = ALL.iter().filter(|m| m.of_words && !["pace", "hesitations"].contains(&m.id));
    let worded: Vec<&str> = worded.map(|m| m.id).collect();
    assert_eq!(worded.len(), 7);
    assert!(worded.iter().all(|id| certain.metrics[*id].value.is_some()), "{:?}", certain.metrics);
    assert!(certain.metrics["pace"].text.as_deref().is_some_and(|t| t.ends_with("counted in the words")));
    for (why, report) in [("uncertain", of("0:00 mumble")), ("half", of("0:25 mumble"))] {
        assert!(worded.iter().all(|id| report.metrics[*id].value.is_none()), "{why}: {:?}", report.metrics);
        let pace = &report.metrics["pace"];
        assert!(pace.text.as_deref().is_some_and(|t| t.ends_with("estimated from syllables")), "{why}: {pace:?}");
        assert_eq!(report.transcript.len(), certain.transcript.len(), "{why}: what is uncertain is shown");
        let hesitations = report.metrics["hesitations"].value.unwrap_or_default();
        assert_eq!(
            hesitations > 1.0,
            why == "half",
            "{why}: an um that is certain counts, however little else is: {hesitations}"
        );
        let praised = report.overall.praise.iter().any(|p| p.id == "hesitations");
        assert!(!praised || why == "uncertain", "{why}: nobody is praised beside an um: {:?}", report.overall.praise);
    }
}

#[test]
fn where_the_words_end_the_speakers_own_words_per_nucleus_tell_the_pace() {
    // Twice as many words as this rate of nuclei usually carries is more than anybody has; a tenth more is what is learnt.
    let report = |words: &str| {
        let text = format!("recognizer\n0:00 speak 140\n0:00 says {words}\n1:00 mumble\n2:00 end");
        play(&Story::parse(&text)).1.series.pace_wpm
    };
    let usual = report("we moved it a week");
    let (early, late) = (usual[80].expect("a pace"), usual[230].expect("a pace"));
    assert!((early - late).abs() < 6.0, "{early} in words, {late} from syllables");
    // Every third word is a filler: fewer words than the syllables alone would say.
    let fewer = report("we um moved it um a");
    let (early, late) = (fewer[80].expect("a pace"), fewer[230].expect("a pace"));
    assert!(early < 100.0 && (100.0..115.0).contains(&late), "{early} in words, {late} from syllables");
}
