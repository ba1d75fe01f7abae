# Fast in two answers: the hint was called not helpful, and that was taken back; an unknown id changes nothing.
device-check
only slow_down
0:00 ask One. for 60 s
0:00 speak 220
0:14 refuse no_such_hint
0:16 refuse slow_down
0:25 answered
0:26 ask Two. for 60 s
0:26 speak 220
0:44 accept slow_down
0:56 end
expect hint slow_down between 0:10 and 0:14
hint 0:12.0 slow_down | about 225 words a minute over the last 20 s; aimed at: 120 to 160
hint 0:44.2 slow_down | about 220 words a minute over the last 20 s; aimed at: 120 to 160
