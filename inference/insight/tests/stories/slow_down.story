# The candidate begins at an easy pace and then hurries.
device-check
0:00 ask Tell me about a conflict at work. for 120 s
0:01 speak 140
0:20 speak 215
0:50 end
expect hint slow_down between 0:26 and 0:40
expect no hint speed_up
hint 0:31.4 slow_down | about 180 words a minute over the last 20 s; aimed at: 120 to 160
