//! The bank of behavioural questions: six families, with those that are asked almost everywhere. An id never changes; a text may
//! be improved.

use Family::{Conflict, Failure, Leadership, Motivation, Pressure, Teamwork};
use serde::{Deserialize, Serialize};

/// A question of the bank.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// Id of the question; it begins with the family's name.
    pub id: &'static str,
    /// The family that it belongs to.
    pub family: Family,
    /// Suggested length of the answer, 60 to 180 s.
    pub suggested_s: i64,
    /// The question as it is asked.
    pub text: &'static str,
    /// Advice on how to answer.
    pub tip: &'static str,
}

/// What a behavioural question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// A mistake or a goal that was missed.
    Failure,
    /// A disagreement with others.
    Conflict,
    /// Guiding other people.
    Leadership,
    /// Working with other people.
    Teamwork,
    /// Working under stress or short of time.
    Pressure,
    /// What drives the person.
    Motivation,
}

impl Family {
    /// All families, in the order in which they are shown.
    pub const ALL: [Family; 6] =
        [Family::Failure, Family::Conflict, Family::Leadership, Family::Teamwork, Family::Pressure, Family::Motivation];

    /// Returns the name of the family on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Failure => "failure",
            Family::Conflict => "conflict",
            Family::Leadership => "leadership",
            Family::Teamwork => "teamwork",
            Family::Pressure => "pressure",
            Family::Motivation => "motivation",
        }
    }
}

/// A text that names no family.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no family of questions")]
pub struct UnknownFamily(String);

impl TryFrom<String> for Family {
    type Error = UnknownFamily;
    fn try_from(text: String) -> Result<Family, UnknownFamily> {
        Family::ALL.into_iter().find(|family| family.as_str() == text).ok_or(UnknownFamily(text))
    }
}

const fn q(id: &'static str, family: Family, suggested_s: i64, text: &'static str, tip: &'static str) -> Seed {
    Seed { id, family, suggested_s, text, tip }
}

/// How many questions at the head of [`BANK`] are classics: asked almost everywhere, in the order in which they usually are.
pub const CLASSICS: i32 = 10;

/// The questions of the bank, in the order in which they are shown.
pub const BANK: &[Seed] = &[
    q(
        "motivation-yourself",
        Motivation,
        90,
        "Tell me about yourself.",
        "Three sentences: where you are, how you came there, what you want now.",
    ),
    q(
        "motivation-this-job",
        Motivation,
        90,
        "Why do you want this job?",
        "One thing about them that you cannot say of anybody else.",
    ),
    q("motivation-strength", Motivation, 90, "What are you good at?", "One strength, and one time it was needed."),
    q(
        "motivation-weakness",
        Motivation,
        90,
        "What are you working on about yourself?",
        "Name it plainly. Most of the answer belongs to what you do about it.",
    ),
    q(
        "failure-own-mistake",
        Failure,
        120,
        "Tell me about a mistake you made that had real consequences. What did you do next?",
        "Name the mistake in one sentence. Most of the answer belongs to what you did after it.",
    ),
    q(
        "conflict-colleague",
        Conflict,
        120,
        "Tell me about a disagreement with a colleague that mattered. How did it end?",
        "Give the other side its best argument first. It shows that you listened.",
    ),
    q(
        "pressure-deadline",
        Pressure,
        120,
        "Tell me about the tightest deadline you have worked to.",
        "What did you leave out, and how did you decide?",
    ),
    q(
        "leadership-without-title",
        Leadership,
        120,
        "Tell me about a time you led without being in charge.",
        "What made people follow? Name one thing that you said or did.",
    ),
    q(
        "teamwork-best-team",
        Teamwork,
        90,
        "Describe the best team you have been part of. What was your part in it?",
        "Say \"I\" for what you did and \"we\" for what you all did.",
    ),
    q(
        "motivation-proud",
        Motivation,
        120,
        "What piece of work are you most proud of, and why that one?",
        "Choose one you can tell well over one that sounds large.",
    ),
    q(
        "failure-missed-goal",
        Failure,
        120,
        "Describe a goal you set yourself and did not reach.",
        "Say how you knew it was missed, and what you would measure next time.",
    ),
    q(
        "failure-wrong-decision",
        Failure,
        120,
        "Tell me about a decision that looked right and turned out wrong.",
        "What you knew at the time matters more than what everybody knows now.",
    ),
    q(
        "failure-hard-feedback",
        Failure,
        90,
        "What is the most useful criticism you have ever been given? How did you take it?",
        "Quote it as it was said. One change you made is worth more than ten intentions.",
    ),
    q(
        "failure-late-delivery",
        Failure,
        120,
        "Tell me about a time you knew you were going to be late with something important.",
        "When did you say so, and to whom? The moment of telling is the heart of this one.",
    ),
    q(
        "failure-gave-up",
        Failure,
        90,
        "When did you decide to stop working on something? How did you know it was time?",
        "Stopping can be good judgement. Show what you weighed.",
    ),
    q(
        "failure-second-try",
        Failure,
        120,
        "Describe something that you failed at first and managed later. What made the difference?",
        "Two short scenes work well here: before and after.",
    ),
    q(
        "conflict-manager",
        Conflict,
        120,
        "Describe a time you disagreed with somebody you reported to.",
        "How you raised it says more than who was right.",
    ),
    q(
        "conflict-unpopular-view",
        Conflict,
        90,
        "When did you hold an unpopular view? What did you do with it?",
        "One concrete moment in one room is enough.",
    ),
    q(
        "conflict-difficult-person",
        Conflict,
        120,
        "Tell me about somebody you found hard to work with. How did you manage?",
        "Describe what they did, and leave their character out of it.",
    ),
    q(
        "conflict-customer",
        Conflict,
        120,
        "Describe a situation with a customer or client who was angry with you.",
        "What did they need? Say when you found out.",
    ),
    q(
        "conflict-between-others",
        Conflict,
        120,
        "Tell me about a conflict between two other people in which you helped.",
        "Say why it was yours to help, and what you did not do.",
    ),
    q(
        "conflict-said-no",
        Conflict,
        90,
        "Tell me about a time you had to say no to a reasonable request.",
        "Your reason, and what you offered in its place.",
    ),
    q(
        "leadership-hard-decision",
        Leadership,
        120,
        "Describe a decision you made that was not going to please everybody.",
        "Who lost something by it, and how did you tell them?",
    ),
    q(
        "leadership-delegation",
        Leadership,
        90,
        "Tell me about something important that you handed to somebody else.",
        "How did you choose the person, and how close did you stay?",
    ),
    q(
        "leadership-helped-grow",
        Leadership,
        120,
        "Describe how you helped somebody get clearly better at something.",
        "Start with what they could not do, end with what they can.",
    ),
    q(
        "leadership-change",
        Leadership,
        150,
        "Tell me about a change that you brought about against some resistance.",
        "Resistance usually has a reason. Say what it was.",
    ),
    q(
        "leadership-unclear-goal",
        Leadership,
        120,
        "Describe a time when nobody knew quite what to do and you gave the direction.",
        "Say what you did not know either.",
    ),
    q(
        "leadership-low-morale",
        Leadership,
        120,
        "Tell me about a group that had lost heart. What did you do?",
        "Small things count. Tell one that you remember clearly.",
    ),
    q(
        "teamwork-different-people",
        Teamwork,
        120,
        "Tell me about working with people very different from you.",
        "One habit you changed for them makes the answer real.",
    ),
    q(
        "teamwork-carried-weight",
        Teamwork,
        120,
        "Tell me about a time somebody in your team was not doing their share.",
        "What did you say to them, before you said anything to others?",
    ),
    q(
        "teamwork-asked-for-help",
        Teamwork,
        90,
        "When did you ask for help? What made you ask?",
        "Asking early is a strength. Say how you chose whom to ask.",
    ),
    q(
        "teamwork-shared-credit",
        Teamwork,
        90,
        "Tell me about a success that was not yours alone.",
        "Name two other people and what each of them did.",
    ),
    q(
        "teamwork-remote",
        Teamwork,
        120,
        "Describe a piece of work with people you rarely or never met in person.",
        "What did you do so that nobody was left in the dark?",
    ),
    q(
        "teamwork-new-member",
        Teamwork,
        90,
        "Tell me how you helped somebody new find their feet.",
        "What had you missed yourself when you were new?",
    ),
    q(
        "pressure-several-things",
        Pressure,
        120,
        "Describe a week in which everything was urgent at once.",
        "The order you chose, and why, is the answer.",
    ),
    q(
        "pressure-unexpected",
        Pressure,
        120,
        "Tell me about a plan that fell apart on the day.",
        "Begin at the moment you found out.",
    ),
    q(
        "pressure-high-stakes",
        Pressure,
        120,
        "Describe a moment when a lot depended on you.",
        "What did you do in the minute before?",
    ),
    q(
        "pressure-little-information",
        Pressure,
        120,
        "Tell me about a decision you had to make before you knew enough.",
        "Say what you would have liked to know, and how you limited the risk.",
    ),
    q(
        "pressure-long-stretch",
        Pressure,
        120,
        "Describe a long stretch of hard work. How did you keep going?",
        "Rest is a fair part of a good answer.",
    ),
    q(
        "pressure-in-front",
        Pressure,
        90,
        "Tell me about a time you were put on the spot in front of others.",
        "Pausing before you answer is allowed, then and now.",
    ),
    q(
        "motivation-learned-alone",
        Motivation,
        90,
        "Tell me about something that you taught yourself.",
        "What pulled you in, and what did you do when it became dull?",
    ),
    q(
        "motivation-beyond",
        Motivation,
        120,
        "Describe a time you did clearly more than was asked.",
        "Nobody asked: so why did you?",
    ),
    q(
        "motivation-boring-work",
        Motivation,
        90,
        "Tell me about tedious work that had to be done well.",
        "How did you keep the quality up at the hundredth repetition?",
    ),
    q(
        "motivation-turning-point",
        Motivation,
        120,
        "Tell me about a moment that changed what you wanted to do.",
        "One scene, then what followed from it.",
    ),
    q(
        "motivation-this-field",
        Motivation,
        90,
        "What keeps you in your field when it is hard?",
        "A person, a problem or a day you remember is stronger than a principle.",
    ),
    q(
        "motivation-improvement",
        Motivation,
        120,
        "Tell me about something that nobody had asked you to improve, and that you improved.",
        "How did you notice it, and how did you know it was better?",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_has_at_least_seven_questions_with_a_time_and_a_tip() {
        assert!(BANK.len() >= 42);
        for family in Family::ALL {
            assert!(BANK.iter().filter(|question| question.family == family).count() >= 7);
        }
        for question in BANK {
            assert!((60..=180).contains(&question.suggested_s), "{}", question.id);
            assert!(question.id.starts_with(question.family.as_str()), "{}", question.id);
            assert!(question.text.len() > 20 && question.text.ends_with(['.', '?']), "{}", question.id);
            assert!(question.tip.len() > 20 && question.tip.ends_with(['.', '?']), "{}", question.id);
        }
    }

    #[test]
    fn the_bank_begins_with_ten_classics_of_all_families() {
        assert_eq!(BANK[0].text, "Tell me about yourself.");
        let classics = &BANK[..usize::try_from(CLASSICS).unwrap()];
        assert_eq!(classics.len(), 10);
        assert!(Family::ALL.iter().all(|family| classics.iter().any(|question| question.family == *family)));
    }

    #[test]
    fn no_id_and_no_text_occurs_twice() {
        let ids: std::collections::BTreeSet<_> = BANK.iter().map(|question| question.id).collect();
        let texts: std::collections::BTreeSet<_> = BANK.iter().map(|question| question.text).collect();
        assert_eq!((ids.len(), texts.len()), (BANK.len(), BANK.len()));
    }
}
