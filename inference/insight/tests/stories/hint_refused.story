# Fast in two answers: whoever calls the hint not helpful is not told again.
device-check
only slow_down
0:00 ask One. for 60 s
0:00 speak 220
0:16 refuse slow_down
0:25 answered
0:26 ask Two. for 60 s
0:26 speak 220
0:56 end
expect hint slow_down between 0:10 and 0:16
hint 0:12.0 slow_down | about 225 words a minute over the last 20 s; aimed at: 120 to 160
