//! What the hints say, why, and what they are for.

/// A hint's text on screen: 2 to 4 words.
pub fn hint(id: &str) -> &'static str {
    match id {
        "slow_down" => "Slow down a little",
        "speed_up" => "A little faster",
        "speak_up" => "Speak up a little",
        "vary_tone" => "Vary your tone",
        "look_at_camera" => "Look at the camera",
        "back_in_frame" => "Come back into frame",
        "more_light" => "More light, please",
        "take_a_breath" => "Take a breath",
        "long_pause" => "Long pause: go on",
        "wrap_up" => "Time to wrap up",
        "background_noise" => "Noisy background",
        "good_pace" => "Good pace",
        "good_eye_contact" => "Good eye contact",
        "lively_tone" => "Lively voice",
        _ => "",
    }
}

/// What a hint is for, for the settings page.
pub fn hint_description(id: &str) -> &'static str {
    match id {
        "slow_down" => "When you speak faster than about 175 words a minute for 20 seconds.",
        "speed_up" => "When you speak slower than about 95 words a minute for 30 seconds.",
        "speak_up" => "When you are clearly quieter than in the device check.",
        "vary_tone" => "When your voice stays on one note.",
        "look_at_camera" => "When you look away from the camera most of the time.",
        "back_in_frame" => "When your face leaves the picture.",
        "more_light" => "When the picture is too dark to see your face.",
        "take_a_breath" => "When several signs of strain rise together, or you speak on without a pause.",
        "long_pause" => "When you have been silent for over four seconds in an answer.",
        "wrap_up" => "When the suggested time of the question is over.",
        "background_noise" => "When the background is too loud to hear you well.",
        "good_pace" => "Now and then, when your pace is easy to follow.",
        "good_eye_contact" => "Now and then, when you look at the camera well.",
        "lively_tone" => "Now and then, when your voice is lively.",
        _ => "",
    }
}

/// What a hint was shown for. `value` is what its rule measured.
pub fn evidence(id: &str, value: f32) -> String {
    match id {
        "slow_down" | "speed_up" => {
            format!("about {:.0} words a minute over the last 20 s; aimed at: 120 to 160", round_to(value, 5.0))
        }
        "speak_up" => format!("{:.0} dB under your usual level over the last 8 s", -value),
        "vary_tone" => format!("pitch varied by {value:.1} semitones over the last 20 s; 2 to 4 is usual"),
        "look_at_camera" => format!("eyes on the camera for {:.0} % of the last 8 s", value * 100.0),
        "back_in_frame" => format!("no whole face in the picture for {value:.1} s"),
        "more_light" => format!("too dark for {value:.1} s"),
        "take_a_breath" if value < 0.0 => format!("{:.0} s of speech without a pause", -value),
        "take_a_breath" => format!("several signals rose together, to {value:.1} times their usual spread"),
        "long_pause" => format!("silent for {value:.1} s"),
        "wrap_up" if value < 1.0 => "the suggested time is over".into(),
        "wrap_up" => format!("{value:.0} s over the suggested time"),
        "background_noise" => format!("speech only {value:.0} dB over the background"),
        "good_pace" => format!("about {:.0} words a minute over the last 30 s", round_to(value, 5.0)),
        "good_eye_contact" => format!("eyes on the camera for {:.0} % of the last 20 s", value * 100.0),
        "lively_tone" => format!("pitch varied by {value:.1} semitones over the last 20 s"),
        _ => String::new(),
    }
}

fn round_to(v: f32, step: f32) -> f32 {
    (v / step).round() * step
}
