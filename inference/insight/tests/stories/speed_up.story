# Every word is weighed for far too long.
device-check
0:00 speak 75
1:00 end
expect hint speed_up between 0:25 and 0:40
expect no hint slow_down
hint 0:28.0 speed_up | about 75 words a minute over the last 30 s; aimed at: 120 to 160
