# A little to the side, where the other person's video is: within what counts as contact.
device-check
0:00 speak 140
0:20 look slightly-aside
0:50 end
expect no hint look_at_camera
expect eye_contact over 0.9
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
