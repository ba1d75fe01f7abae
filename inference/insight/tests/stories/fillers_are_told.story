# An um in every ten words: the report names them first, with the place where they lie and what was being said.
device-check
recognizer
0:00 ask Tell me about a conflict at work. for 120 s
0:01 speak 140
0:01 tone 3.6
0:01 says so um we moved the whole release by a week
1:10 end
expect clarity under 75
expect words "fillers (um, uh)"
expect words "“um we moved the whole release"
hint 0:14.8 pause_instead | um or uh 3 times within ten seconds
hint 0:56.8 good_pace | about 125 words a minute over the last 30 s
