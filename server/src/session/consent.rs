//! The text that a person agrees to before anything is recorded. A change of its meaning needs a new version.

use serde::Serialize;

/// The current version. An agreement to another version is not valid.
pub const VERSION: &str = "2026-11-29";

/// One paragraph under its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Section {
    /// The heading.
    pub title: &'static str,
    /// The paragraph.
    pub text: &'static str,
}

/// Title above the text.
pub const TITLE: &str = "Before you practise";

/// The paragraphs of the text. docs/PRIVACY.md says the same in more detail.
pub const SECTIONS: &[Section] = &[
    Section {
        title: "What is recorded",
        text: "Your camera and microphone while you practise, and three to eight seconds of the device check, which are \
               measured and not kept. The recording begins when you start and ends when you stop. A file that you upload is \
               kept and measured in the same way.",
    },
    Section {
        title: "What is computed",
        text: "From your voice: loudness, pitch, pace, pauses, steadiness. From your face: where the head and eyes point, \
               movements of brows, lips and cheeks, and from them an estimate of how positive and how activated you look. \
               Four practice scores are sums of these. They describe behaviour in one recording. They say nothing about who \
               you are, how you feel inside or whether you would get a job. A speech recognizer on this server writes down \
               your words, with mistakes, unless whoever runs it has switched that off; they are kept in the journal and the report. Nothing is computed that could \
               recognise you elsewhere.",
    },
    Section {
        title: "Where it stays",
        text: "On this server, in its own database and object store. Nothing is sent to anybody else, unless you agree to \
               that service by itself in the settings, where whoever runs the server has set one. Whoever runs the server can \
               technically reach its disks.",
    },
    Section {
        title: "Who sees it",
        text: "You. Nobody else, unless you give somebody access to a session yourself. It is practice: nobody may use it to \
               judge you at work or in school, and the estimates of feelings can be switched off altogether.",
    },
    Section {
        title: "How long",
        text: "Until you delete it, or as long as you or whoever runs the server let sessions be kept: the settings say how long. \
               There is no hidden copy.",
    },
    Section {
        title: "How to delete or take it with you",
        text: "Every session can be deleted with one click: recording, journal, report and scores go together. Every session \
               can be downloaded whole as one file. You can withdraw this agreement at any time; nothing more is recorded then.",
    },
];

/// The text that an interviewer agrees to before they are recorded.
pub mod room {
    use super::Section;

    /// The current version.
    pub const VERSION: &str = "room-2026-11-29";

    /// Title above the text.
    pub const TITLE: &str = "Before you take part";

    /// The paragraphs of the text.
    pub const SECTIONS: &[Section] = &[
        Section {
            title: "What is recorded",
            text: "Your camera and microphone from the moment you join until you leave or the interview ends, as a recording of \
                   your own beside the candidate's. Your voice can also be heard in the candidate's microphone.",
        },
        Section {
            title: "What is computed",
            text: "When you speak, so that the candidate's voice is measured only while you are silent, and so that the report \
                   can say who spoke when. Nothing is computed from your face, and nothing about you is scored.",
        },
        Section {
            title: "Who sees it",
            text: "The candidate, who owns the session, and whoever the candidate shows the recording to. Observers whom the \
                   candidate invited see and hear you live. It is practice: nobody may use it to judge you or the candidate at \
                   work or in school.",
        },
        Section {
            title: "Where it stays, and how long",
            text: "On this server, until the candidate deletes the session or its time to be kept has passed. Your recording is \
                   deleted with it. Ask the candidate if you want it deleted.",
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_for_interviewers_says_what_is_recorded_and_who_sees_it() {
        let all = room::SECTIONS.iter().map(|section| section.text).collect::<String>();
        for word in ["camera", "microphone", "candidate", "deleted", "server", "Nothing is computed from your face"] {
            assert!(all.contains(word), "{word}");
        }
    }

    #[test]
    fn the_text_names_what_is_recorded_where_it_stays_and_how_to_delete_it() {
        let all = SECTIONS.iter().map(|section| section.text).collect::<String>();
        for word in [
            "camera",
            "microphone",
            "server",
            "delete",
            "withdraw",
            "face",
            "voice",
            "writes down your words",
            "agree to that service",
        ] {
            assert!(all.contains(word), "{word}");
        }
        assert!(SECTIONS.iter().all(|section| !section.text.contains("  ") && section.text.ends_with('.')));
    }
}
