//! Protobuf messages as lists of fields: enough to change a few of them and to leave all others as they are, byte for byte.

use std::borrow::Cow;

/// A field's number and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<'a> {
    pub number: u32,
    pub value: Value<'a>,
}

/// What a field holds, by its wire type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    /// A string, bytes, a packed list or a message.
    Bytes(Cow<'a, [u8]>),
    Fixed32([u8; 4]),
}

/// A message that cannot be read: it ends too early, or has a wire type that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// A message as the list of its fields, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Message<'a>(pub Vec<Field<'a>>);

impl<'a> Message<'a> {
    /// Reads a message. Fields that hold messages are not looked into.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn read(mut bytes: &'a [u8]) -> Result<Message<'a>, Malformed> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes)?;
            let number = u32::try_from(key >> 3).map_err(|_| Malformed)?;
            let value = match key & 7 {
                0 => Value::Varint(varint(&mut bytes)?),
                1 => Value::Fixed64(array(&mut bytes)?),
                2 => {
                    let length = usize::try_from(varint(&mut bytes)?).map_err(|_| Malformed)?;
                    Value::Bytes(Cow::Borrowed(take(&mut bytes, length)?))
                }
                5 => Value::Fixed32(array(&mut bytes)?),
                _ => return Err(Malformed),
            };
            fields.push(Field { number, value });
        }
        Ok(Message(fields))
    }

    /// Returns the message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let size = |field: &Field| match &field.value {
            Value::Bytes(bytes) => bytes.len() + 15,
            _ => 15,
        };
        let mut out = Vec::with_capacity(self.0.iter().map(size).sum());
        for Field { number, value } in &self.0 {
            let key = u64::from(*number) << 3;
            match value {
                Value::Varint(x) => {
                    put_varint(&mut out, key);
                    put_varint(&mut out, *x);
                }
                Value::Fixed64(x) => {
                    put_varint(&mut out, key | 1);
                    out.extend_from_slice(x);
                }
                Value::Bytes(x) => {
                    put_varint(&mut out, key | 2);
                    put_varint(&mut out, x.len() as u64);
                    out.extend_from_slice(x);
                }
                Value::Fixed32(x) => {
                    put_varint(&mut out, key | 5);
                    out.extend_from_slice(x);
                }
            }
        }
        out
    }

    /// Returns all fields `number` that hold bytes, in order.
    pub fn all(&self, number: u32) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(move |field| match &field.value {
            Value::Bytes(bytes) if field.number == number => Some(&**bytes),
            _ => None,
        })
    }

    /// Returns the last field `number` that holds bytes: the one that counts where a field may be there once.
    pub fn one(&self, number: u32) -> Option<&[u8]> {
        self.all(number).last()
    }

    /// Returns the last field `number` that holds a number.
    pub fn number(&self, number: u32) -> Option<u64> {
        self.0.iter().rev().find_map(|field| match field.value {
            Value::Varint(x) if field.number == number => Some(x),
            _ => None,
        })
    }

    /// Appends a field of bytes.
    pub fn push(&mut self, number: u32, bytes: impl Into<Cow<'a, [u8]>>) {
        self.0.push(Field { number, value: Value::Bytes(bytes.into()) });
    }

    /// Appends a field with a number.
    pub fn push_number(&mut self, number: u32, x: u64) {
        self.0.push(Field { number, value: Value::Varint(x) });
    }

    /// Removes all fields `number`.
    pub fn remove(&mut self, number: u32) {
        self.0.retain(|field| field.number != number);
    }

    /// Replaces each field `number` that holds bytes by what `change` makes of it; `None` leaves it.
    ///
    /// # Errors
    /// What `change` says.
    pub fn rewrite<E>(
        &mut self,
        number: u32,
        mut change: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<(), E> {
        for field in &mut self.0 {
            if let Value::Bytes(bytes) = &mut field.value
                && field.number == number
                && let Some(changed) = change(bytes)?
            {
                *bytes = Cow::Owned(changed);
            }
        }
        Ok(())
    }
}

/// Reads a packed list of numbers.
///
/// # Errors
/// [`Malformed`].
pub fn packed(mut bytes: &[u8]) -> Result<Vec<u64>, Malformed> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes)?);
    }
    Ok(numbers)
}

/// Writes a packed list of numbers.
pub fn pack(numbers: impl Iterator<Item = u64>) -> Vec<u8> {
    let mut out = Vec::new();
    numbers.for_each(|x| put_varint(&mut out, x));
    out
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut x = 0;
    for shift in (0..64).step_by(7) {
        let [byte] = array(bytes)?;
        x |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Ok(x);
        }
    }
    Err(Malformed)
}

fn put_varint(out: &mut Vec<u8>, mut x: u64) {
    while x > 127 {
        out.push(x as u8 & 127 | 128);
        x >>= 7;
    }
    out.push(x as u8);
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    take(bytes, N)?.try_into().map_err(|_| Malformed)
}

fn take<'a>(bytes: &mut &'a [u8], n: usize) -> Result<&'a [u8], Malformed> {
    let (now, later) = bytes.split_at_checked(n).ok_or(Malformed)?;
    *bytes = later;
    Ok(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_come_back_as_they_were_and_one_is_changed_alone() {
        let mut message = Message::default();
        message.push(1, b"name".as_slice());
        message.push_number(2, 1 << 40);
        message.0.push(Field { number: 3, value: Value::Fixed32([1, 2, 3, 4]) });
        message.0.push(Field { number: 4, value: Value::Fixed64([9; 8]) });
        let bytes = message.to_bytes();
        let mut again = Message::read(&bytes).expect("a message");
        assert_eq!(again, message);
        again.rewrite(1, |name| Ok::<_, Malformed>(Some([name, b"!"].concat()))).expect("a change");
        assert_eq!(again.one(1), Some(b"name!".as_slice()));
        assert_eq!(again.number(2), Some(1 << 40));
        assert!(Message::read(&bytes[..bytes.len() - 1]).is_err(), "cut off");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_message_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(message) = Message::read(&bytes) {
                let again = message.to_bytes();
                prop_assert_eq!(Message::read(&again), Ok(message.clone()));
            }
            let _ = packed(&bytes);
        }
    }
}
