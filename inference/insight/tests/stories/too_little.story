# Twelve seconds are not enough to say anything.
device-check
0:00 speak 140
0:09 end
expect clarity unsaid
expect confidence unsaid
expect engagement unsaid
expect resilience unsaid
expect words "not enough to say"
