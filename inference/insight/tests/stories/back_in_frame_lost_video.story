# The network lost the video; that is not the candidate's doing.
device-check
0:00 speak 140
0:20 lose video
0:28 find
0:40 end
expect no hint back_in_frame
expect presence over 0.99
hint 0:40.0 good_pace | about 140 words a minute over the last 30 s
