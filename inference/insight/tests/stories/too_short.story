# Twelve seconds of speech are too short for any number.
device-check
0:00 ask One. for 90 s
0:00 speak 140
0:12 end
expect confidence unsaid
expect clarity unsaid
expect engagement unsaid
expect resilience unsaid
expect words "Too short to judge"
