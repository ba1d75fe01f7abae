# Everything goes wrong together. One hint at a time, the weightiest first.
device-check
0:00 speak 140
0:20 speak 215 breathless
0:20 level -9
0:20 tone 0.6
0:20 look aside
0:20 leave
0:24 return
1:40 end
expect hint back_in_frame between 0:22 and 0:23
expect hint slow_down between 0:32 and 0:40
hint 0:22.0 back_in_frame | no whole face in the frame for 2.0 s
hint 0:27.6 speak_up | about 60 % as loud as usual over the last 8 s
hint 0:37.6 slow_down | about 210 words a minute over the last 20 s; aimed at: 120 to 160
hint 0:57.6 take_a_breath | hardly a pause in 25 s: 0.0 s in all
hint 1:17.6 look_at_camera | eyes on the camera for 0 % of the last 8 s
hint 1:37.6 speak_up | about 60 % as loud as usual over the last 8 s
