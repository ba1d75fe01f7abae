//! How much of one kind may go on at once, on this machine and for one person: a place is taken before anything begins, and is
//! free again when its guard is dropped.

use coach_core::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The places for one kind of work.
#[derive(Debug)]
pub struct Places {
    /// The name of the metric that says how many are taken.
    gauge: &'static str,
    most: usize,
    most_each: usize,
    /// How many each person has now; without an entry: none.
    taken: Mutex<HashMap<UserId, usize>>,
}

/// A place that is taken.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    owner: UserId,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    #[error("all {0} places of this machine are taken")]
    Machine(usize),
    #[error("all {0} places that one person may have are taken")]
    Person(usize),
}

impl Places {
    /// `most` in all, `most_each` of one person.
    pub fn new(gauge: &'static str, most: usize, most_each: usize) -> Places {
        metrics::gauge!(gauge).set(0.0);
        Places { gauge, most, most_each, taken: Mutex::default() }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// All are taken, or all that one person may have.
    pub fn take(self: &Arc<Self>, owner: UserId) -> Result<Place, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.values().sum::<usize>() >= self.most {
            return Err(Full::Machine(self.most));
        }
        let own = taken.entry(owner).or_default();
        if *own >= self.most_each {
            return Err(Full::Person(self.most_each));
        }
        *own += 1;
        metrics::gauge!(self.gauge).increment(1.0);
        Ok(Place { places: self.clone(), owner })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.owner) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.owner);
            }
        }
        metrics::gauge!(self.places.gauge).decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_of_each_person_and_given_back() {
        let places = Arc::new(Places::new("test_places", 3, 2));
        let (one, other) = (UserId(uuid::Uuid::now_v7()), UserId(uuid::Uuid::now_v7()));
        let first = places.take(one).unwrap();
        let _second = places.take(one).unwrap();
        assert_eq!(places.take(one).unwrap_err(), Full::Person(2));
        let _third = places.take(other).unwrap();
        assert_eq!(places.take(other).unwrap_err(), Full::Machine(3));
        drop(first);
        assert!(places.take(other).is_ok() && places.take(one).is_ok());
    }

    #[test]
    fn of_many_who_ask_at_once_no_more_than_the_limit_get_a_place() {
        let places = Arc::new(Places::new("test_places", 8, 8));
        let ask = || {
            let places = places.clone();
            std::thread::spawn(move || places.take(UserId(uuid::Uuid::now_v7())))
        };
        let asked: Vec<_> = (0..64).map(|_| ask()).collect();
        let got: Vec<_> = asked.into_iter().filter_map(|asked| asked.join().unwrap().ok()).collect();
        assert_eq!(got.len(), 8);
    }
}
