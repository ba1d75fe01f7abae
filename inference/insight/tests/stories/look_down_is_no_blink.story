# Reading from notes: the lids are lowered for long, which is no blink.
device-check
0:00 speak 140
0:12 look down
0:16 look camera
0:24 look down
0:28 look camera
1:20 end
expect blink_rate under 0.1
expect eye_contact under 0.9
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
