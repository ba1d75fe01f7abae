//! Reading FlatBuffers without trusting them: every offset is checked, nothing panics, nothing recurses.
//!
//! Layout: <https://flatbuffers.dev/internals/>. A table begins with a signed offset to its vtable; the vtable holds, per
//! field, where in the table it lies (0: absent). Vectors and tables are reached by unsigned offsets from where they stand.

use super::Cause;

/// A table inside a FlatBuffer.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    buffer: &'a [u8],
    at: usize,
    vtable: usize,
    vtable_len: usize,
}

/// A vector inside a FlatBuffer: where its elements begin and how many there are, known to lie inside.
#[derive(Clone, Copy)]
pub struct Vector<'a> {
    buffer: &'a [u8],
    at: usize,
    pub len: usize,
}

fn bytes<const N: usize>(buffer: &[u8], at: usize) -> Result<[u8; N], Cause> {
    let end = at.checked_add(N).ok_or(Cause::Truncated)?;
    buffer.get(at..end).and_then(|b| b.try_into().ok()).ok_or(Cause::Truncated)
}

fn u32_at(buffer: &[u8], at: usize) -> Result<usize, Cause> {
    bytes(buffer, at).map(|b| u32::from_le_bytes(b) as usize)
}

fn follow(buffer: &[u8], at: usize) -> Result<usize, Cause> {
    at.checked_add(u32_at(buffer, at)?).ok_or(Cause::Truncated)
}

impl<'a> Table<'a> {
    /// The root table, if the file carries the identifier.
    pub fn root(buffer: &'a [u8], identifier: &[u8; 4]) -> Result<Table<'a>, Cause> {
        if &bytes::<4>(buffer, 4)? != identifier {
            return Err(Cause::NotTflite);
        }
        Table::at(buffer, follow(buffer, 0)?)
    }

    fn at(buffer: &'a [u8], at: usize) -> Result<Table<'a>, Cause> {
        let back = i64::from(i32::from_le_bytes(bytes(buffer, at)?));
        let vtable = usize::try_from(at as i64 - back).map_err(|_| Cause::Truncated)?;
        let vtable_len = usize::from(u16::from_le_bytes(bytes(buffer, vtable)?));
        Ok(Table { buffer, at, vtable, vtable_len })
    }

    /// Where field `id` lies, `None` when the table does not have it.
    fn field(&self, id: usize) -> Result<Option<usize>, Cause> {
        let slot = 4 + 2 * id;
        if slot + 2 > self.vtable_len {
            return Ok(None);
        }
        let offset = usize::from(u16::from_le_bytes(bytes(self.buffer, self.vtable + slot)?));
        Ok((offset != 0).then_some(self.at + offset))
    }

    pub fn u8(&self, id: usize, default: u8) -> Result<u8, Cause> {
        self.field(id)?.map_or(Ok(default), |at| bytes::<1>(self.buffer, at).map(|b| b[0]))
    }

    pub fn i32(&self, id: usize, default: i32) -> Result<i32, Cause> {
        self.field(id)?.map_or(Ok(default), |at| bytes(self.buffer, at).map(i32::from_le_bytes))
    }

    pub fn table(&self, id: usize) -> Result<Option<Table<'a>>, Cause> {
        let Some(at) = self.field(id)? else { return Ok(None) };
        Table::at(self.buffer, follow(self.buffer, at)?).map(Some)
    }

    /// The vector of field `id`, whose elements are `size` bytes each; empty when absent.
    pub fn vector(&self, id: usize, size: usize) -> Result<Vector<'a>, Cause> {
        let Some(at) = self.field(id)? else { return Ok(Vector { buffer: self.buffer, at: 0, len: 0 }) };
        let at = follow(self.buffer, at)?;
        let len = u32_at(self.buffer, at)?;
        let at = at + 4;
        let end = len.checked_mul(size).and_then(|n| n.checked_add(at)).ok_or(Cause::Truncated)?;
        if end > self.buffer.len() {
            return Err(Cause::Truncated);
        }
        Ok(Vector { buffer: self.buffer, at, len })
    }
}

impl<'a> Vector<'a> {
    /// The elements of a vector of bytes.
    pub fn bytes(&self) -> &'a [u8] {
        &self.buffer[self.at..self.at + self.len]
    }

    /// The elements of a vector of 32-bit integers.
    pub fn i32s(&self) -> impl Iterator<Item = i32> + 'a {
        let elements = self.buffer.get(self.at..self.at + 4 * self.len).unwrap_or(&[]);
        elements.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    /// The elements of a vector of tables.
    pub fn tables(&self) -> impl Iterator<Item = Result<Table<'a>, Cause>> + 'a {
        let (buffer, start) = (self.buffer, self.at);
        (0..self.len).map(move |i| Table::at(buffer, follow(buffer, start + 4 * i)?))
    }
}
